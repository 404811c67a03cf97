//! 字库: the fonts compiled in, and those a centre adds (仿宋, 小标宋, a font with rarer characters).
//!
//! Never the machine's own fonts: a notice looks the same wherever it is made.

use std::path::{Path, PathBuf};
use ttf_parser::Face;
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Noto Serif SC, Regular and Bold (OFL): 30,928 characters, all of GB 2312, GBK and the 通用规范汉字表.
static EMBEDDED: [&[u8]; 2] = [
    include_bytes!(concat!(env!("YICHUANG_FONTS"), "/NotoSerifSC_400Regular.ttf")),
    include_bytes!(concat!(env!("YICHUANG_FONTS"), "/NotoSerifSC_700Bold.ttf")),
];
/// Family of the fonts compiled in.
const OWN: &str = "Noto Serif SC";
/// What GB/T 9704 asks for in the body, under the names the font makers use; taken where a centre has it.
const BODY: [&str; 6] =
    ["仿宋_GB2312", "FangSong_GB2312", "仿宋", "FangSong", "方正仿宋_GBK", "FZFangSong-Z02"];
/// The same for titles.
const TITLE: [&str; 4] = ["方正小标宋_GBK", "方正小标宋简体", "FZXiaoBiaoSong-B05", "FZXiaoBiaoSong-B05S"];
const ENDINGS: [&str; 4] = ["ttf", "otf", "ttc", "otc"];

/// 字库 of one renderer.
pub(crate) struct Fonts {
    pub all: Vec<Font>,
    pub book: LazyHash<FontBook>,
    bold: Face<'static>,
}

impl Fonts {
    /// Those compiled in, then those of the folder by file name.
    pub fn load(folder: Option<&Path>) -> std::io::Result<Fonts> {
        let mut all: Vec<Font> = EMBEDDED.iter().flat_map(|data| Font::iter(Bytes::new(*data))).collect();
        for file in folder.map(font_files).transpose()?.unwrap_or_default() {
            all.extend(Font::iter(Bytes::new(std::fs::read(file)?)));
        }
        let book = FontBook::from_fonts(&all);
        let bold = Face::parse(EMBEDDED[1], 0).map_err(std::io::Error::other)?;
        Ok(Fonts { all, book: LazyHash::new(book), bold })
    }

    /// Families for the body, the best first.
    pub fn body(&self) -> Vec<&'static str> {
        self.families(&BODY)
    }

    /// Families for titles, the best first.
    pub fn title(&self) -> Vec<&'static str> {
        self.families(&TITLE)
    }

    /// The bold face compiled in.
    pub fn bold(&self) -> &Face<'static> {
        &self.bold
    }

    fn families(&self, wished: &[&'static str]) -> Vec<&'static str> {
        let there = wished.iter().filter(|name| self.book.contains_family(&name.to_lowercase()));
        there.copied().chain([OWN]).collect()
    }
}

fn font_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files =
        std::fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    files.retain(|file| {
        let ending = file.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
    });
    files.sort();
    Ok(files)
}
