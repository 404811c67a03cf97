//! 印章样式 and 样张标记: ring, agency along the arc, star, words below; as outlines, so that no copy of a text hides in it.
//!
//! A picture of a seal, not a seal: an agency's own is uploaded by its administrator and comes as a picture.

use std::fmt::Write as _;
use ttf_parser::{Face, OutlineBuilder};
use yichuang_app::render::Unprintable;

/// What stands in the seal of a demo, and across its pages.
const VOID: &str = "演示样张无效";
const ACROSS: &str = "演示 样张 无效";
/// Tenths of a millimetre; a seal of 42 mm.
const SIZE: f64 = 420.0;
const RING: f64 = 203.0;
/// Distance of the agency's characters from the middle, their height, and the most an arc spans in degrees.
const ARC: f64 = 158.0;
const HEIGHT: f64 = 56.0;
const SPAN: f64 = 252.0;
const WIDEST_STEP: f64 = 26.0;

/// The seal as SVG.
pub(crate) fn draw(face: &Face<'_>, agency: &str, words: &str, demo: bool) -> Result<String, Unprintable> {
    let mut paths = Outlines { face, svg: String::new(), place: Place::default(), missing: Vec::new() };
    let count = agency.chars().count().max(1) as f64;
    let step = (SPAN / (count - 1.0).max(1.0)).min(WIDEST_STEP);
    let width = (step.to_radians() * ARC * 0.86).min(46.0);
    for (index, letter) in agency.chars().enumerate() {
        let angle = ((index as f64 - (count - 1.0) / 2.0) * step).to_radians();
        let (x, y) = (ARC * angle.sin(), -ARC * angle.cos());
        paths.letter(letter, Place { x, y, angle, width, height: HEIGHT });
    }
    paths.line(words, 112.0, 33.0);
    if demo {
        paths.line(VOID, 152.0, 28.0);
    }
    if !paths.missing.is_empty() {
        return Err(Unprintable::NoGlyph(crate::renderer::named(&paths.missing)));
    }
    let half = SIZE / 2.0;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"{0} {0} {SIZE} {SIZE}\"><g fill=\"#d7101e\" \
         fill-opacity=\".85\"><circle r=\"{RING}\" fill=\"none\" stroke=\"#d7101e\" stroke-opacity=\".85\" \
         stroke-width=\"11\"/><path d=\"{1}\"/><path d=\"{2}\"/></g></svg>",
        -half,
        star(68.0),
        paths.svg
    ))
}

/// The words across the page of a demo, as SVG.
pub(crate) fn across(face: &Face<'_>) -> Result<String, Unprintable> {
    let mut paths = Outlines { face, svg: String::new(), place: Place::default(), missing: Vec::new() };
    paths.line(ACROSS, 0.0, 190.0);
    if !paths.missing.is_empty() {
        return Err(Unprintable::NoGlyph(crate::renderer::named(&paths.missing)));
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"-700 -700 1400 1400\"><path transform=\"rotate(-42)\" \
         fill=\"#c8102e\" fill-opacity=\".13\" d=\"{}\"/></svg>",
        paths.svg
    ))
}

/// A five-pointed star around the middle.
fn star(radius: f64) -> String {
    let inner = radius * 0.381_966;
    let mut path = String::new();
    for corner in 0..10 {
        let angle = f64::from(corner) * std::f64::consts::PI / 5.0;
        let length = if corner % 2 == 0 { radius } else { inner };
        let command = if corner == 0 { 'M' } else { 'L' };
        put(&mut path, command, &[(length * angle.sin(), -length * angle.cos())]);
    }
    path + "Z"
}

/// Where a character stands: its middle, its turn, its size.
#[derive(Clone, Copy, Default)]
struct Place {
    x: f64,
    y: f64,
    angle: f64,
    width: f64,
    height: f64,
}

/// Outlines of characters, gathered in one path.
struct Outlines<'a> {
    face: &'a Face<'a>,
    svg: String,
    place: Place,
    missing: Vec<char>,
}

impl Outlines<'_> {
    /// A straight line of words, `y` below the middle.
    fn line(&mut self, words: &str, y: f64, size: f64) {
        let count = words.chars().count() as f64;
        for (index, letter) in words.chars().enumerate() {
            let x = (index as f64 - (count - 1.0) / 2.0) * size;
            self.letter(letter, Place { x, y, angle: 0.0, width: size * 0.94, height: size });
        }
    }

    fn letter(&mut self, letter: char, place: Place) {
        self.place = place;
        let face = self.face;
        match face.glyph_index(letter) {
            Some(glyph) => drop(face.outline_glyph(glyph, self)),
            None => self.missing.push(letter),
        }
    }

    /// From the units of the font to the seal.
    fn at(&self, x: f32, y: f32) -> (f64, f64) {
        let em = f64::from(self.face.units_per_em());
        let middle = f64::from(self.face.ascender() + self.face.descender()) / 2.0;
        let (x, y) =
            ((f64::from(x) / em - 0.5) * self.place.width, (middle - f64::from(y)) / em * self.place.height);
        let (sin, cos) = self.place.angle.sin_cos();
        (self.place.x + x * cos - y * sin, self.place.y + x * sin + y * cos)
    }
}

impl OutlineBuilder for Outlines<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        let point = self.at(x, y);
        put(&mut self.svg, 'M', &[point]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let point = self.at(x, y);
        put(&mut self.svg, 'L', &[point]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let points = [self.at(x1, y1), self.at(x, y)];
        put(&mut self.svg, 'Q', &points);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let points = [self.at(x1, y1), self.at(x2, y2), self.at(x, y)];
        put(&mut self.svg, 'C', &points);
    }

    fn close(&mut self) {
        self.svg.push('Z');
    }
}

fn put(path: &mut String, command: char, points: &[(f64, f64)]) {
    path.push(command);
    for (x, y) in points {
        // Writing to a string cannot fail.
        let _ = write!(path, "{x:.1} {y:.1} ");
    }
}
