//! A small drawing: panels above each other over one axis of time, as SVG that needs nothing but itself.

use std::fmt::Write as _;

const WIDTH: f64 = 900.0;
const PANEL: f64 = 170.0;
const LEFT: f64 = 70.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const GAP: f64 = 40.0;

/// One line: its name, its color, its points.
pub struct Line {
    /// What it shows, with its unit.
    pub name: &'static str,
    /// Of the line and its name.
    pub color: &'static str,
    /// From left to right.
    pub points: Vec<(f64, f64)>,
}

/// Panels, each from zero.
pub struct Plot {
    /// Above all.
    pub title: String,
    /// Of the axis all share.
    pub unit: &'static str,
    /// From top to bottom.
    pub panels: Vec<Vec<Line>>,
    /// From where to where every panel is shaded.
    pub shaded: Vec<(f64, f64)>,
}

impl Plot {
    /// The drawing.
    pub fn svg(&self) -> String {
        let points = || self.panels.iter().flatten().flat_map(|line| &line.points);
        let end = points().map(|point| point.0).fold(0.0, f64::max).max(f64::MIN_POSITIVE);
        let x = |value: f64| LEFT + value / end * (WIDTH - LEFT - RIGHT);
        let height = TOP + self.panels.len() as f64 * (PANEL + GAP) + 10.0;
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
             font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n\
             <text x=\"{LEFT}\" y=\"22\" font-size=\"14\">{}</text>\n",
            self.title
        );
        for (place, lines) in self.panels.iter().enumerate() {
            let top = TOP + place as f64 * (PANEL + GAP) + 15.0;
            panel(&mut out, lines, &self.shaded, top, &x);
        }
        let bottom = height - 12.0;
        for tick in ticks(end) {
            // Writing to a String cannot fail.
            let _ = writeln!(
                out,
                "<text x=\"{:.1}\" y=\"{bottom:.1}\" text-anchor=\"middle\">{tick}</text>",
                x(tick)
            );
        }
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"{bottom:.1}\" text-anchor=\"end\">{}</text>\n</svg>",
            WIDTH - 2.0,
            self.unit
        );
        out
    }
}

fn panel(out: &mut String, lines: &[Line], shaded: &[(f64, f64)], top: f64, x: &impl Fn(f64) -> f64) {
    let most = lines.iter().flat_map(|line| &line.points).map(|point| point.1).fold(0.0, f64::max).max(1.0);
    let y = |value: f64| top + PANEL - value / most * PANEL;
    for (from, to) in shaded {
        let (from, width) = (x(*from), x(*to) - x(*from));
        let _ = writeln!(
            out,
            "<rect x=\"{from:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{PANEL}\" fill=\"#e5e7eb\"/>"
        );
    }
    for tick in ticks(most) {
        let (left, right, at) = (LEFT, WIDTH - RIGHT, y(tick));
        let _ = writeln!(
            out,
            "<line x1=\"{left}\" y1=\"{at:.1}\" x2=\"{right}\" y2=\"{at:.1}\" stroke=\"#d1d5db\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>",
            left - 6.0,
            at + 4.0
        );
    }
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<String> =
            line.points.iter().map(|(at, value)| format!("{:.1},{:.1}", x(*at), y(*value))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"1.3\"/>\
             <text x=\"{LEFT}\" y=\"{:.1}\" fill=\"{color}\">{}</text>",
            points.join(" "),
            top - 5.0 + 14.0 * place as f64,
            line.name,
            color = line.color
        );
    }
}

/// Round numbers from zero to this, about five.
fn ticks(most: f64) -> Vec<f64> {
    let rough = most / 5.0;
    let power = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|step| step * power).into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or(rough);
    (0..=(most / step) as usize).map(|place| (place as f64 * step * 1e6).round() / 1e6).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_reach_the_end() {
        assert_eq!(ticks(10.0), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(ticks(137.0), [0.0, 50.0, 100.0]);
        assert_eq!(ticks(0.9), [0.0, 0.2, 0.4, 0.6, 0.8]);
    }

    #[test]
    fn every_line_is_drawn_inside() {
        let line = |name, points: &[(f64, f64)]| Line { name, color: "#000", points: points.to_vec() };
        let panels = vec![vec![line("a", &[(0.0, 0.0), (10.0, 64.0)])], vec![line("b", &[(0.0, 3.0)])]];
        let svg = Plot { title: "t".into(), unit: "minutes", panels, shaded: vec![(5.0, 6.0)] }.svg();
        assert_eq!((svg.matches("<polyline").count(), svg.matches("#e5e7eb").count()), (2, 2));
        assert!(svg.contains("70.0,225.0 880.0,55.0"), "{svg}");
        assert!(svg.starts_with("<svg") && svg.ends_with("</svg>\n"));
    }
}
