//! 文书模板: which dated template a notice takes.
//!
//! A template is `notices/<kind>/<from-date>.typ`; it holds from that day until a newer one. A released one is
//! not edited in substance: a changed wording is a new file with a later date.

use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use yichuang_app::render::Unprintable;
use yichuang_domain::time::Date;

include!(concat!(env!("OUT_DIR"), "/templates.rs"));

/// Every kind of notice that has a template, as in `NoticeKind::word`.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    let mut kinds: Vec<&str> = TEMPLATES.iter().map(|(kind, _, _)| *kind).collect();
    kinds.dedup();
    kinds.into_iter()
}

/// All templates, parsed once.
pub(crate) struct Templates {
    /// By kind, then date.
    dated: Vec<(&'static str, Date, Source)>,
    shared: Vec<Source>,
}

impl Templates {
    pub fn parse() -> Result<Templates, Unprintable> {
        let mut dated = Vec::new();
        for (kind, from, text) in TEMPLATES {
            let from = from.parse().map_err(|_| fault(&format!("{kind}/{from}.typ")))?;
            let path = format!("/{kind}/{from}.typ");
            dated.push((*kind, from, Source::new(file(&path)?, (*text).to_owned())));
        }
        let shared = SHARED
            .iter()
            .map(|(name, text)| Ok(Source::new(file(&format!("/{name}"))?, (*text).to_owned())))
            .collect::<Result<_, Unprintable>>()?;
        Ok(Templates { dated, shared })
    }

    /// The newest template of this kind that held on this day.
    pub fn of(&self, kind: &str, on: Date) -> Result<&Source, Unprintable> {
        let held = self.dated.iter().filter(|(of, from, _)| *of == kind && *from <= on);
        let newest = held.max_by_key(|(_, from, _)| *from);
        newest.map(|(_, _, source)| source).ok_or(Unprintable::NoTemplate { kind: kind.to_owned(), on })
    }

    /// A file the templates share.
    pub fn shared(&self, id: FileId) -> Option<&Source> {
        self.shared.iter().find(|source| source.id() == id)
    }
}

/// The id of a file, from the root of `notices`.
pub(crate) fn file(path: &str) -> Result<FileId, Unprintable> {
    let path = VirtualPath::new(path).map_err(|_| fault(path))?;
    Ok(RootedPath::new(VirtualRoot::Project, path).intern())
}

fn fault(path: &str) -> Unprintable {
    Unprintable::Template(format!("文件名 {path} 不是“种类/起用日期.typ”"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Date {
        text.parse().expect("a date")
    }

    #[test]
    fn the_newest_template_that_held_is_taken() {
        let source = |name: &str| Source::new(file(name).expect("a path"), String::new());
        let dated =
            ["2024-01-01", "2026-07-01"].map(|from| ("a", day(from), source(&format!("/a/{from}.typ"))));
        let templates = Templates { dated: dated.to_vec(), shared: vec![] };
        let taken = |on| templates.of("a", day(on)).map(|source| source.id());
        assert_eq!(taken("2024-01-01"), file("/a/2024-01-01.typ"));
        assert_eq!(taken("2026-06-30"), file("/a/2024-01-01.typ"));
        assert_eq!(taken("2026-07-01"), file("/a/2026-07-01.typ"));
        let before = day("2023-12-31");
        assert_eq!(taken("2023-12-31"), Err(Unprintable::NoTemplate { kind: "a".into(), on: before }));
    }
}
