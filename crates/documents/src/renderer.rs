//! 制版: one renderer for a process, with fonts and templates read once.

use crate::fonts::Fonts;
use crate::seal;
use crate::templates::{Templates, file};
use crate::world::Desk;
use fast_qr::convert::{Builder as _, Shape, svg::SvgBuilder};
use fast_qr::{ECL, QRBuilder};
use serde_json::{Value, json};
use std::path::Path;
use typst::diag::SourceDiagnostic;
use typst::foundations::{Array, Bytes, Dict, IntoValue as _, Smart};
use typst::layout::{Frame, FrameItem};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt as _, World as _, WorldExt as _};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};
use yichuang_app::render::{Paper, Render, Seal, Unprintable};

/// Rounds of making after which typst forgets what it no longer used.
const KEEP: usize = 8;
/// Light modules around the QR code (ISO/IEC 18004 asks for four).
const QUIET: usize = 4;

/// 文书制版机: cheap to share, safe to use from many threads.
pub struct Renderer {
    fonts: Fonts,
    templates: Templates,
    library: LazyHash<Library>,
    /// 演示 样张 无效, drawn.
    across: String,
}

/// 不能启用: why there is no renderer.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder with the centre's fonts cannot be read.
    #[error("文书字库目录不能读取：{0}。请核对目录和读取权限。")]
    Fonts(#[from] std::io::Error),
    /// A template compiled in is at fault.
    #[error(transparent)]
    Template(#[from] Unprintable),
}

impl Renderer {
    /// With the fonts compiled in, and those of the folder `fonts` beside them.
    pub fn new(fonts: Option<&Path>) -> Result<Renderer, StartError> {
        let fonts = Fonts::load(fonts)?;
        let families =
            |names: Vec<&'static str>| names.into_iter().map(|n| n.into_value()).collect::<Array>();
        let mut inputs = Dict::new();
        inputs.insert("body".into(), families(fonts.body()).into_value());
        inputs.insert("title".into(), families(fonts.title()).into_value());
        let library = LazyHash::new(Library::builder().with_inputs(inputs).build());
        Ok(Renderer { templates: Templates::parse()?, across: seal::across(fonts.bold())?, library, fonts })
    }

    /// The notice laid out, every character found.
    pub fn lay_out(&self, paper: &Paper) -> Result<PagedDocument, Unprintable> {
        let desk = Desk {
            library: &self.library,
            fonts: &self.fonts,
            templates: &self.templates,
            main: self.templates.of(&paper.kind, paper.on)?,
            files: self.files(paper)?,
        };
        let laid_out = typst::compile::<PagedDocument>(&desk).output;
        typst::comemo::evict(KEEP);
        let document = laid_out.map_err(|faults| match told(&desk, &faults) {
            // The other pictures are our own.
            Unprintable::Template(fault) if matches!(paper.seal, Seal::Image(_)) && of_picture(&fault) => {
                Unprintable::Seal(fault)
            }
            fault => fault,
        })?;
        let mut missing = Vec::new();
        document.pages().iter().for_each(|page| without_glyph(&page.frame, &mut missing));
        if missing.is_empty() { Ok(document) } else { Err(Unprintable::NoGlyph(named(&missing))) }
    }

    /// Data, QR code and seal, as the files a template reads.
    fn files(&self, paper: &Paper) -> Result<Vec<(typst::syntax::FileId, Bytes)>, Unprintable> {
        let mut data = paper.data.clone();
        let mut files = vec![(file("/progress.svg")?, Bytes::from_string(qr(&paper.progress)?))];
        if paper.demo {
            files.push((file("/void.svg")?, Bytes::from_string(self.across.clone())));
        }
        let seal = self.seal(paper)?;
        data["demo"] = json!(paper.demo);
        data["seal"] = seal.as_ref().map_or(Value::Null, |(name, _)| json!(name));
        if let Some((name, bytes)) = seal {
            files.push((file(name)?, bytes));
        }
        files.push((file("/data.json")?, Bytes::from_string(data.to_string())));
        Ok(files)
    }

    fn seal(&self, paper: &Paper) -> Result<Option<(&'static str, Bytes)>, Unprintable> {
        match &paper.seal {
            Seal::Drawn { words } => {
                let agency = paper.data["agency"]["full_name"].as_str().unwrap_or_default();
                let svg = seal::draw(self.fonts.bold(), agency, words, paper.demo)?;
                Ok(Some(("/seal.svg", Bytes::from_string(svg))))
            }
            Seal::Image(bytes) => match picture(bytes) {
                Some(name) => Ok(Some((name, Bytes::new(bytes.clone())))),
                None => Err(Unprintable::Seal("既不是 PNG，也不是 SVG".into())),
            },
            Seal::ByHand => Ok(None),
        }
    }
}

impl Render for Renderer {
    fn render(&self, paper: &Paper) -> Result<Vec<u8>, Unprintable> {
        let document = self.lay_out(paper)?;
        let standards = PdfStandards::new(&[PdfStandard::A_2a])
            .map_err(|fault| Unprintable::Template(fault.message().to_string()))?;
        let options = PdfOptions {
            ident: Smart::Custom(format!("{} {}", paper.kind, paper.data["number"])),
            creator: Smart::Custom(Some("一窗".into())),
            standards,
            ..PdfOptions::default()
        };
        typst_pdf::pdf(&document, &options).map_err(|faults| {
            let faults: Vec<&str> = faults.iter().map(|fault| fault.message.as_str()).collect();
            Unprintable::Template(faults.join("；"))
        })
    }
}

/// PNG or SVG, by content.
fn picture(bytes: &[u8]) -> Option<&'static str> {
    let svg = || std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg"));
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") { Some("/seal.png") } else { svg().then_some("/seal.svg") }
}

fn qr(address: &str) -> Result<String, Unprintable> {
    if address.is_empty() {
        return Err(Unprintable::Incomplete("缺少办理进度页面的网址".into()));
    }
    let code = QRBuilder::new(address).ecl(ECL::M).build();
    let code = code.map_err(|_| Unprintable::Incomplete("办理进度页面的网址过长".into()))?;
    Ok(SvgBuilder::default().margin(QUIET).shape(Shape::Square).to_str(&code))
}

/// What typst says of a template or its data: an assertion of a template names what is absent.
fn told(desk: &Desk<'_>, faults: &[SourceDiagnostic]) -> Unprintable {
    let Some(fault) = faults.first() else { return Unprintable::Template("原因不明".into()) };
    let message = fault.message.as_str();
    match message.strip_prefix("assertion failed: ") {
        Some(absent) => Unprintable::Incomplete(absent.to_owned()),
        None => Unprintable::Template(format!("{}{message}", position(desk, fault).unwrap_or_default())),
    }
}

fn of_picture(fault: &str) -> bool {
    fault.contains("image") || fault.contains("SVG")
}

/// File and line of a fault.
fn position(desk: &Desk<'_>, fault: &SourceDiagnostic) -> Option<String> {
    let id = fault.span.id()?;
    let source = desk.source(id).ok()?;
    let line = source.lines().byte_to_line(desk.range(fault.span)?.start)?;
    Some(format!("{} 第 {} 行：", id.get().vpath().get_without_slash(), line + 1))
}

/// Characters that came out as the empty box.
fn without_glyph(frame: &Frame, missing: &mut Vec<char>) {
    for (_, item) in frame.items() {
        match item {
            FrameItem::Group(group) => without_glyph(&group.frame, missing),
            FrameItem::Text(text) => {
                for glyph in text.glyphs.iter().filter(|glyph| glyph.id == 0) {
                    missing.extend(text.text[glyph.range()].chars());
                }
            }
            _ => {}
        }
    }
}

/// Characters with their code points, each once.
pub(crate) fn named(characters: &[char]) -> String {
    let mut characters = characters.to_vec();
    characters.sort_unstable();
    characters.dedup();
    let names: Vec<String> = characters
        .iter()
        .map(|character| format!("{character}（U+{:04X}）", u32::from(*character)))
        .collect();
    names.join("、")
}
