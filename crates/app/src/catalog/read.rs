//! 读入事项: turns the bytes of a JSON or CSV file into a batch, or into every row error at once.
//!
//! Knows no database and applies nothing; a file with one unreadable row gives no batch at all.

use super::cell::{Cells, lay_over, part, translate, unguard};
use super::mapping::{Field, Mapping, MappingError};
use super::text::{self, LineCounter};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeSet, HashMap};
use yichuang_domain::item::{HandlingMode, ItemVersion};

/// 行错误: one thing wrong with one row.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct RowError {
    /// Line in the file, from 1, at which the row begins (for JSON: at which the fault lies).
    pub line: u64,
    /// What is wrong.
    pub text: String,
}

impl std::fmt::Display for RowError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "第 {} 行 {}", self.line, self.text)
    }
}

/// 退回的文件: nothing of it was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejection {
    /// Rows read.
    pub read: usize,
    /// Rows left out by the mapping.
    pub skipped: usize,
    /// Rows with errors.
    pub rejected: usize,
    /// Every error, by line.
    pub errors: Vec<RowError>,
}

impl Rejection {
    pub(super) fn new(read: usize, skipped: usize, mut errors: Vec<RowError>) -> Rejection {
        errors.sort();
        let rejected = errors.iter().map(|error| error.line).collect::<BTreeSet<_>>().len();
        Rejection { read, skipped, rejected, errors }
    }

    fn file(line: u64, text: impl Into<String>) -> Rejection {
        Rejection::new(0, 0, vec![RowError { line, text: text.into() }])
    }
}

impl From<MappingError> for Rejection {
    fn from(error: MappingError) -> Rejection {
        Rejection::file(1, error.to_string())
    }
}

/// What one row holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Entry {
    /// The whole item.
    Whole(Box<ItemVersion>),
    /// The fields of a flat file, and what to add when the item is new.
    Fields { part: Map<String, Value>, new: Map<String, Value> },
}

/// One row that can be imported.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Line in the file.
    pub line: u64,
    /// Key of the item.
    pub key: String,
    pub(super) entry: Entry,
}

/// 导入批: every row of a file, all readable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// Rows read, those skipped included.
    pub read: usize,
    /// Rows the mapping leaves out.
    pub skipped: usize,
    /// Rows to import, in the order of the file; no key twice.
    pub rows: Vec<Row>,
}

/// The largest file taken, in bytes.
pub const MAX_FILE_BYTES: u64 = 20 * 1024 * 1024;

/// Refuses a file of more than [`MAX_FILE_BYTES`]; ask before reading it.
pub fn check_size(bytes: u64) -> Result<(), Rejection> {
    match bytes > MAX_FILE_BYTES {
        true => Err(Rejection::file(1, "文件超过 20 MB，请拆分成几个文件，分别导入")),
        false => Ok(()),
    }
}

/// Reads a file of items: a JSON array of item versions, or a CSV in UTF-8 (with or without BOM) or GB18030.
///
/// Without a mapping the CSV is recognised by its header. All rows are checked before anything is returned.
pub fn read_items(bytes: &[u8], mapping: Option<Mapping>) -> Result<Batch, Rejection> {
    check_size(bytes.len() as u64)?;
    if bytes.starts_with(b"PK") {
        return Err(Rejection::file(1, "这是 Excel 工作簿，请另存为“CSV UTF-8（逗号分隔）”后再导入"));
    }
    let text = text::decode(bytes)
        .map_err(|line| Rejection::file(line, "有无法识别的字符，文件编码应为 UTF-8 或者 GB18030"))?;
    match text.trim_start().chars().next() {
        None => Err(Rejection::file(1, "文件是空的")),
        Some('[' | '{') => read_json(&text),
        Some(_) => read_csv(&text, mapping),
    }
}

/// Collects rows and errors while a file is read.
#[derive(Default)]
struct Reading {
    batch: Batch,
    errors: Vec<RowError>,
    seen: HashMap<String, u64>,
}

impl Reading {
    fn fault(&mut self, line: u64, text: impl Into<String>) {
        self.errors.push(RowError { line, text: text.into() });
    }

    fn row(&mut self, line: u64, key: &str, entry: Entry) {
        if !fits_key(key) {
            return self.fault(line, "事项标识只能用英文字母、数字和“.”“_”“-”，不超过 64 个字符");
        }
        match self.seen.insert(key.to_owned(), line) {
            Some(first) => self.fault(line, format!("事项标识 {key} 与第 {first} 行重复")),
            None => self.batch.rows.push(Row { line, key: key.to_owned(), entry }),
        }
    }

    fn finish(self) -> Result<Batch, Rejection> {
        match self.errors.is_empty() {
            true => Ok(self.batch),
            false => Err(Rejection::new(self.batch.read, self.batch.skipped, self.errors)),
        }
    }
}

/// 事项标识: what may stand in addresses, locks and file names.
fn fits_key(key: &str) -> bool {
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    (1..=64).contains(&key.len()) && key.chars().all(fits)
}

fn read_json(text: &str) -> Result<Batch, Rejection> {
    let mut reading = Reading::default();
    let mut lines = LineCounter::new(text);
    for element in text::elements(text) {
        reading.batch.read += 1;
        let slice = match element {
            Ok(range) => range,
            Err(fault) => {
                reading.fault(lines.at(fault.at) + fault.line, format!("{}；其后的内容没有检查", fault.text));
                break;
            }
        };
        let start = lines.at(slice.start);
        match text::item(&text[slice]) {
            Ok(item) => reading.row(start, &item.key.clone(), Entry::Whole(Box::new(item))),
            Err(faults) => {
                for fault in faults {
                    let from = match fault.line {
                        0 => String::new(),
                        _ => format!("（该事项自第 {start} 行起）"),
                    };
                    reading.fault(start + fault.line, fault.text + &from);
                }
            }
        }
    }
    reading.finish()
}

fn read_csv(text: &str, mapping: Option<Mapping>) -> Result<Batch, Rejection> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).has_headers(false).from_reader(text.as_bytes());
    let mut lines = LineCounter::new(text);
    let mut records = reader.records();
    let header = match records.next() {
        Some(Ok(record)) => record,
        _ => return Err(Rejection::file(1, "没有表头")),
    };
    let header: Vec<&str> = header.iter().map(str::trim).collect();
    let mapping = choose(mapping, &header, lines.row(0))?;
    let mut reading = Reading::default();
    let new = new_fields(&mapping)?;
    // Only our own export guards its cells; elsewhere an apostrophe belongs to the text.
    let guarded = mapping.columns == Mapping::flat()?.columns;
    for record in records {
        let record = record.map_err(|error| Rejection::file(lines.last(), error.to_string()))?;
        let from = record.position().map_or(0, csv::Position::byte) as usize;
        let line = lines.row(from);
        reading.batch.read += 1;
        match csv_row(&mapping, guarded, &header, &record) {
            Ok(None) => reading.batch.skipped += 1,
            Ok(Some((key, part))) => {
                reading.row(line, &key, Entry::Fields { part, new: new.clone() });
            }
            Err(faults) => faults.into_iter().for_each(|fault| reading.fault(line, fault)),
        }
    }
    if let Some(at) = text::open_quote(text) {
        reading.fault(lines.row(at), "引号没有成对，其后的内容无法分行");
    }
    reading.finish()
}

fn choose(mapping: Option<Mapping>, header: &[&str], line: u64) -> Result<Mapping, Rejection> {
    let Some(mapping) = mapping else {
        return Mapping::recognise(Mapping::embedded()?, header).ok_or_else(|| {
            Rejection::file(
                line,
                "表头不是已知的格式，用 --mapping 指定列对照文件（格式见 import/zwykb.toml）",
            )
        });
    };
    match mapping.absent(header) {
        absent if absent.is_empty() => Ok(mapping),
        absent => {
            let text = format!("表头缺少“{}”所需的列：{}", mapping.name, absent.join("、"));
            Err(Rejection::file(line, text))
        }
    }
}

/// The fields set only when an item is created: those of the mapping, and 承诺件 where nothing is said.
fn new_fields(mapping: &Mapping) -> Result<Map<String, Value>, Rejection> {
    let cells: Cells = mapping.defaults.clone();
    let mut new = part(mapping, &cells).map_err(|faults| Rejection::file(1, faults.join("；")))?;
    new.entry("mode").or_insert_with(|| json!(HandlingMode::WithinLimit));
    Ok(new)
}

/// Key of an item, and the part of it that a row holds.
type KeyedPart = (String, Map<String, Value>);

/// Key and part of one row; `None` when the mapping leaves the row out.
fn csv_row(
    mapping: &Mapping,
    guarded: bool,
    header: &[&str],
    record: &csv::StringRecord,
) -> Result<Option<KeyedPart>, Vec<String>> {
    if record.len() != header.len() {
        return Err(vec![format!("有 {} 列，表头有 {} 列", record.len(), header.len())]);
    }
    let cell = |column: &str| {
        let at = header.iter().position(|name| *name == column);
        at.and_then(|at| record.get(at)).map(text::clean).unwrap_or_default()
    };
    if mapping.skip.as_ref().is_some_and(|skip| skip.values.contains(&cell(&skip.column))) {
        return Ok(None);
    }
    let mut cells = Cells::new();
    let mut faults = Vec::new();
    for (field, column) in mapping.columns.iter().filter(|(_, column)| header.contains(&column.as_str())) {
        let cell = if guarded { unguard(cell(column)) } else { cell(column) };
        if text::has_control(&cell) {
            faults.push(format!("“{column}”列含有控制字符"));
        }
        match translate(mapping, *field, &cell) {
            Ok(word) => drop(cells.insert(*field, word)),
            Err(fault) => faults.push(fault),
        }
    }
    let key = cells.get(&Field::Key).filter(|key| !key.is_empty());
    let key = key.map(|key| format!("{}{key}", mapping.key_prefix));
    match part(mapping, &cells) {
        Ok(mut part) if faults.is_empty() => {
            let key = key.unwrap_or_default();
            part.insert("key".to_owned(), json!(key));
            Ok(Some((key, part)))
        }
        Ok(_) => Err(faults),
        Err(more) => Err(faults.into_iter().chain(more).collect()),
    }
}

impl Row {
    /// The item as it is to be, given what is stored under its key.
    pub(super) fn item(&self, stored: Option<&ItemVersion>) -> Result<ItemVersion, serde_json::Error> {
        match &self.entry {
            Entry::Whole(item) => Ok((**item).clone()),
            Entry::Fields { part, new } => {
                let mut whole = match stored.map(serde_json::to_value).transpose()? {
                    Some(Value::Object(item)) => item,
                    _ => new.clone(),
                };
                lay_over(part, &mut whole);
                serde_json::from_value(Value::Object(whole))
            }
        }
    }
}
