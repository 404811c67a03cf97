//! 一窗受理清单: the items in force with where they are taken in, filtered, and as a table for a spreadsheet. What is
//! listed is what is published; nothing is decided here.

use super::cell::guard;
use super::export::ExportError;
use crate::organisation::Organisation;
use crate::search::Made;
use rust_xlsxwriter::{Format, FormatBorder, Workbook};
use yichuang_domain::item::{DayUnit, HandlingMode, ItemKind, ItemVersion, Limit};
use yichuang_domain::organisation::WindowKind;

/// 筛选条件; empty: all of them.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Words searched for; then the likeliest come first.
    pub words: String,
    /// Key of the deciding agency.
    pub agency: String,
    /// Key of the sector; `general`: items of none.
    pub sector: String,
    /// Two-digit code of the kind.
    pub kind: String,
    /// `on_the_spot` or `within_limit`.
    pub mode: String,
    /// Key of a site: items that have moved in there.
    pub site: String,
}

/// 清单的一行.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Key of the item.
    pub key: String,
    /// 事项名称
    pub name: String,
    /// 事项类型
    pub kind: &'static str,
    /// 实施部门
    pub agency: String,
    /// 办件类型
    pub mode: &'static str,
    /// 法定时限
    pub statutory: String,
    /// 承诺时限
    pub promised: String,
    /// 受理窗口
    pub window: String,
    /// 实施编码
    pub code: String,
    /// Why it was found, where its name does not say so.
    pub why: Option<String>,
}

const COLUMNS: [(&str, f64); 9] = [
    ("序号", 6.0),
    ("事项名称", 46.0),
    ("事项类型", 12.0),
    ("实施部门", 20.0),
    ("办件类型", 10.0),
    ("法定时限", 14.0),
    ("承诺时限", 14.0),
    ("受理窗口", 16.0),
    ("实施编码", 36.0),
];

impl Listed {
    fn cells(&self, nth: usize) -> [String; COLUMNS.len()] {
        let texts = [
            &*self.name,
            self.kind,
            &self.agency,
            self.mode,
            &self.statutory,
            &self.promised,
            &self.window,
            &self.code,
        ];
        let mut cells = std::iter::once(nth.to_string()).chain(texts.into_iter().map(str::to_owned));
        std::array::from_fn(|_| cells.next().unwrap_or_default())
    }
}

/// 一窗受理清单: those wanted, in the order of their keys, or the likeliest first where words are given.
pub fn listed(guide: &Made, organisation: &Organisation, wanted: &Wanted) -> Vec<Listed> {
    let fits = |item: &ItemVersion| {
        let same = |wanted: &str, own: &str| wanted.is_empty() || wanted == own;
        let mode = match item.mode {
            HandlingMode::OnTheSpot => "on_the_spot",
            HandlingMode::WithinLimit => "within_limit",
        };
        let at_site = || organisation.entries.contains_key(&(wanted.site.clone(), item.key.clone()));
        same(&wanted.agency, &item.agency)
            && same(&wanted.sector, item.sector.as_deref().unwrap_or("general"))
            && same(&wanted.kind, item.kind.code())
            && same(&wanted.mode, mode)
            && (wanted.site.is_empty() || at_site())
    };
    let row = |item: &ItemVersion, why| Listed {
        key: item.key.clone(),
        name: item.name.clone(),
        kind: ItemKind::name(item.kind),
        agency: organisation.agencies.get(&item.agency).map(|a| a.name.clone()).unwrap_or_default(),
        mode: match item.mode {
            HandlingMode::OnTheSpot => "即办件",
            HandlingMode::WithinLimit => "承诺件",
        },
        statutory: item.statutory.as_ref().map_or_else(|| "未规定".into(), |s| limit(s.limit)),
        promised: item.promised.map(limit).unwrap_or_default(),
        window: match WindowKind::of_item(item) {
            WindowKind::Sector(key) => format!("{}综合窗口", guide.sector(&key)),
            _ => "无差别综合窗口".into(),
        },
        code: item.code.clone().unwrap_or_default(),
        why,
    };
    if wanted.words.trim().is_empty() {
        let versions = guide.versions().iter().map(|version| &version.item);
        return versions.filter(|item| fits(item)).map(|item| row(item, None)).collect();
    }
    let hits = guide.hits(&wanted.words, guide.versions().len());
    let hits = hits.into_iter().map(|(version, why)| (&version.item, why));
    hits.filter(|(item, _)| fits(item)).map(|(item, why)| row(item, why)).collect()
}

/// 时限 as shown.
fn limit(limit: Limit) -> String {
    match limit.unit {
        _ if limit.days == 0 => "当场办结".into(),
        DayUnit::Workday => format!("{} 个工作日", limit.days),
        DayUnit::Calendar => format!("{} 日", limit.days),
    }
}

/// UTF-8 with BOM, so that spreadsheets read it; what one would take for a formula begins with an apostrophe.
pub fn listing_csv(rows: &[Listed]) -> Result<Vec<u8>, ExportError> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(COLUMNS.map(|(title, _)| title))?;
    for (nth, row) in (1..).zip(rows) {
        writer.write_record(row.cells(nth).map(guard))?;
    }
    writer.into_inner().map_err(|error| ExportError::Csv(error.into_error().into()))
}

/// A workbook with one sheet; every cell is text, so that nothing is a formula.
pub fn listing_xlsx(rows: &[Listed]) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name("一窗受理清单")?;
    let head = Format::new().set_bold().set_border(FormatBorder::Thin).set_text_wrap();
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    for (column, (title, width)) in (0..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_string_with_format(0, column, title, &head)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, text) in (0..).zip(row.cells(line as usize)) {
            sheet.write_string_with_format(line, column, text, &cell)?;
        }
    }
    sheet.set_freeze_panes(1, 0)?;
    sheet.set_repeat_rows(0, 0)?;
    sheet.set_landscape();
    Ok(workbook.save_to_buffer()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let name = "=HYPERLINK(\"http://example.invalid\")".to_owned();
        let row = Listed {
            key: "x".into(),
            name,
            kind: "行政许可",
            agency: "+1".into(),
            mode: "承诺件",
            statutory: "@a".into(),
            promised: "-1".into(),
            window: "\tx".into(),
            code: String::new(),
            why: None,
        };
        let csv = String::from_utf8(listing_csv(std::slice::from_ref(&row)).unwrap()).unwrap();
        let line = csv.lines().nth(1).unwrap();
        assert_eq!(
            line,
            "1,\"'=HYPERLINK(\"\"http://example.invalid\"\")\",行政许可,'+1,承诺件,'@a,'-1,'\tx,"
        );
        assert!(listing_xlsx(&[row]).unwrap().starts_with(b"PK"));
    }
}
