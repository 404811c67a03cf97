//! 修改对照: what differs between two versions of an item, part by part, in the words of the guide (CAT-3).
//!
//! A version is laid out as a sheet (`sheet`) and two sheets are held against each other (`lists` says which
//! entries belong together). Nothing is judged here and nothing read; which versions to compare is `history`'s.

mod lists;
mod sheet;
#[cfg(test)]
mod tests;

use lists::{Pairing, pair};
use serde::Serialize;
pub(super) use sheet::Names;
use sheet::{Entry, Line, List};
use yichuang_domain::item::ItemVersion;

/// 变化: what happened to a part of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// 增加
    Added,
    /// 删去
    Removed,
    /// 修改
    Changed,
    /// 移动: another place in a list whose order the guide shows
    Moved,
}

impl ChangeKind {
    /// Chinese name.
    pub fn name(self) -> &'static str {
        match self {
            ChangeKind::Added => "增加",
            ChangeKind::Removed => "删去",
            ChangeKind::Changed => "修改",
            ChangeKind::Moved => "移动",
        }
    }
}

/// 一处修改.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldChange {
    /// Where, by ids, e.g. `materials/m3/copies`; lines of a plain list by their position, e.g. `steps/2`.
    pub field: String,
    /// 栏目, e.g. 材料清单.
    pub section: &'static str,
    /// 对象, e.g. the name of the material; `None`: the item itself.
    pub subject: Option<String>,
    /// 内容, e.g. 份数; `None`: the whole object.
    pub part: Option<&'static str>,
    /// 变化
    pub kind: ChangeKind,
    /// 修改前; `None`: nothing stood there.
    pub before: Option<String>,
    /// 修改后; `None`: nothing stands there.
    pub after: Option<String>,
}

impl FieldChange {
    /// 标题, e.g. 授权委托书·份数.
    pub fn title(&self) -> String {
        let parts = [self.subject.as_deref(), self.part];
        parts.into_iter().flatten().collect::<Vec<_>>().join("·")
    }
}

/// 修改对照: everything that differs, in the order of the guide; empty for equal versions. Agencies and sectors
/// stand by their keys.
pub fn changes(old: &ItemVersion, new: &ItemVersion) -> Vec<FieldChange> {
    between(old, new, &Names::default())
}

/// As [`changes`], with agencies and sectors by their names.
pub(super) fn between(old: &ItemVersion, new: &ItemVersion, names: &Names) -> Vec<FieldChange> {
    let mut found = Found { section: "", changes: Vec::new() };
    found.entry("", None, &sheet::item(old, names), &sheet::item(new, names));
    found.changes
}

struct Found {
    section: &'static str,
    changes: Vec<FieldChange>,
}

impl Found {
    /// Two entries that belong together: their lines, then their lists.
    fn entry(&mut self, path: &str, subject: Option<&str>, old: &Entry, new: &Entry) {
        for (old, new) in old.lines.iter().zip(&new.lines).filter(|(old, new)| old.raw != new.raw) {
            self.line(path, subject, old, new);
        }
        for (old, new) in old.lists.iter().zip(&new.lists) {
            self.list(path, subject, old, new);
        }
    }

    fn line(&mut self, path: &str, subject: Option<&str>, old: &Line, new: &Line) {
        let section = new.section.unwrap_or(self.section);
        // What reads the same and is not the same is shown as it is stored.
        let same = old.shown == new.shown;
        let text = |line: &Line| if same { line.raw.clone() } else { line.shown.clone() };
        let (before, after) = (Some(text(old)), Some(text(new)));
        let (before, after) = (before.filter(|t| !t.is_empty()), after.filter(|t| !t.is_empty()));
        let kind = match (&before, &after) {
            (None, _) => ChangeKind::Added,
            (_, None) => ChangeKind::Removed,
            _ => ChangeKind::Changed,
        };
        self.changes.push(FieldChange {
            field: join(path, new.name),
            section,
            subject: subject.map(str::to_owned),
            part: Some(new.title).filter(|title| !title.is_empty()),
            kind,
            before,
            after,
        });
    }

    fn list(&mut self, path: &str, subject: Option<&str>, old: &List, new: &List) {
        let Pairing { removed, added, kept, moved } = pair(&old.entries, &new.entries);
        let outer = std::mem::replace(&mut self.section, new.section);
        let path = join(path, new.name);
        let within = |entry: &Entry| match subject {
            Some(subject) => format!("{subject}——{}", entry.subject),
            None => entry.subject.clone(),
        };
        let place = |at: usize| Some(format!("第 {} 项", at + 1));
        for at in removed {
            let entry = &old.entries[at];
            let text = Some(entry.text());
            self.whole(join(&path, &entry.segment), within(entry), ChangeKind::Removed, text, None);
        }
        for at in added {
            let entry = &new.entries[at];
            let text = Some(entry.text());
            self.whole(join(&path, &entry.segment), within(entry), ChangeKind::Added, None, text);
        }
        for (from, to) in kept {
            let entry = &new.entries[to];
            let path = join(&path, &entry.segment);
            self.entry(&path, Some(&within(entry)), &old.entries[from], entry);
            if new.ordered && moved.contains(&to) {
                self.whole(path, entry.name(), ChangeKind::Moved, place(from), place(to));
            }
        }
        self.section = outer;
    }

    fn whole(
        &mut self,
        field: String,
        subject: String,
        kind: ChangeKind,
        before: Option<String>,
        after: Option<String>,
    ) {
        let (section, subject) = (self.section, Some(subject));
        self.changes.push(FieldChange { field, section, subject, part: None, kind, before, after });
    }
}

fn join(path: &str, name: &str) -> String {
    [path, name].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}
