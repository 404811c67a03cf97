//! Reads a PDF back: its words in the order they are drawn, where they stand, and its metadata.

use hayro_interpret::font::Glyph;
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, GlyphDrawMode, Image, InterpreterCache, InterpreterSettings, Paint,
    PathDrawMode, SoftMask, interpret_page,
};
use kurbo::{Affine, BezPath, Point, Rect};

/// What was read.
pub struct Printed {
    pub pages: usize,
    /// All words, without white space.
    pub text: String,
    /// Glyphs that stand outside their page.
    pub outside: usize,
    pub bytes: Vec<u8>,
}

impl Printed {
    /// These words stand on it, whatever the line breaks.
    pub fn has(&self, words: &str) -> bool {
        self.text.contains(&without_space(words))
    }

    /// The uncompressed parts (metadata, dictionaries) hold this.
    pub fn declares(&self, what: &str) -> bool {
        self.bytes.windows(what.len()).any(|window| window == what.as_bytes())
    }
}

pub fn without_space(words: &str) -> String {
    words.chars().filter(|c| !c.is_whitespace() && *c != '\u{200b}').collect()
}

pub fn read(bytes: Vec<u8>) -> Printed {
    let file = Pdf::new(bytes.clone()).expect("a PDF");
    let mut words = Words::default();
    let cache = InterpreterCache::new();
    for page in file.pages().iter() {
        let (width, height) = page.render_dimensions();
        words.page = Rect::new(0.0, 0.0, width.into(), height.into());
        let settings = InterpreterSettings::default();
        let mut context = Context::new(Affine::IDENTITY, words.page, &cache, file.xref(), settings);
        interpret_page(page, &mut context, &mut words);
    }
    Printed { pages: file.pages().len(), text: without_space(&words.text), outside: words.outside, bytes }
}

#[derive(Default)]
struct Words {
    page: Rect,
    text: String,
    outside: usize,
}

impl Device<'_> for Words {
    fn draw_glyph(
        &mut self,
        glyph: &Glyph<'_>,
        transform: Affine,
        glyph_transform: Affine,
        _: &Paint<'_>,
        _: &GlyphDrawMode,
    ) {
        match glyph.as_unicode() {
            Some(BfString::Char(letter)) => self.text.push(letter),
            Some(BfString::String(letters)) => self.text.push_str(&letters),
            None => self.text.push('\u{fffd}'),
        }
        let origin = transform * glyph_transform * Point::ORIGIN;
        self.outside += usize::from(!self.page.contains(origin));
    }

    fn set_soft_mask(&mut self, _: Option<SoftMask<'_>>) {}
    fn set_blend_mode(&mut self, _: BlendMode) {}
    fn draw_path(&mut self, _: &BezPath, _: Affine, _: &Paint<'_>, _: &PathDrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: Affine) {}
    fn pop_clip_path(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
