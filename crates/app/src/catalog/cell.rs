//! 单元格: turns the cells of one row into the part of an item they stand for.
//!
//! The part is a JSON object that is laid over the stored item, so that what a flat file cannot hold
//! (situations, materials, review points, the extension of the statutory limit) stays as it is.

use super::mapping::{Field, Mapping};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use yichuang_domain::item::{DayUnit, HandlingMode, ItemKind, StartEvent};
use yichuang_domain::material::MaterialForm;

/// The cells of one row by field, words already translated by the mapping.
pub(super) type Cells = BTreeMap<Field, String>;

/// 办件类型 as written in a cell.
pub const MODES: [(HandlingMode, &str); 2] =
    [(HandlingMode::OnTheSpot, "即办件"), (HandlingMode::WithinLimit, "承诺件")];
/// 时限单位 as written in a cell.
pub const UNITS: [(DayUnit, &str); 2] = [(DayUnit::Workday, "工作日"), (DayUnit::Calendar, "自然日")];
/// 是否 as written in a cell.
pub(super) const YES: [(bool, &str); 2] = [(true, "是"), (false, "否")];
/// 起算点 as written in a cell.
pub const STARTS: [(StartEvent, &str); 3] = [
    (StartEvent::Acceptance, "受理之日"),
    (StartEvent::Receipt, "收到申请之日"),
    (StartEvent::AllMaterials, "收到全部有效材料之日"),
];
/// 材料类型.
pub const FORMS: [(MaterialForm, &str); 5] = [
    (MaterialForm::Original, "原件"),
    (MaterialForm::Copy, "复印件"),
    (MaterialForm::OriginalAndCopy, "原件和复印件"),
    (MaterialForm::OriginalOrCopy, "原件或者复印件"),
    (MaterialForm::OriginalShown, "原件（核验）"),
];

/// 防公式: puts an apostrophe before what a spreadsheet would run as a formula, whatever apostrophes stand
/// before it already. [`unguard`] takes exactly this apostrophe away.
pub(crate) fn guard(cell: String) -> String {
    if is_formula(cell.trim_start_matches('\'')) { format!("'{cell}") } else { cell }
}

/// The cell that [`guard`] was given; any other cell as it is.
pub(super) fn unguard(cell: String) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest.to_owned(),
        _ => cell,
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Translates one cell by the mapping's table; unknown words are an error unless the mapping says otherwise.
pub(super) fn translate(mapping: &Mapping, field: Field, cell: &str) -> Result<String, String> {
    let Some(table) = mapping.values.get(&field) else {
        return Ok(cell.to_owned());
    };
    match table.get(cell) {
        Some(word) => Ok(word.clone()),
        None if cell.is_empty() || mapping.unknown_as_empty.contains(&field) => Ok(String::new()),
        None => {
            let column = mapping.columns.get(&field).map_or("", String::as_str);
            Err(format!("“{column}”列的“{cell}”不在对照表内"))
        }
    }
}

/// The part of an item that these cells hold, or everything wrong with them.
pub(super) fn part(mapping: &Mapping, cells: &Cells) -> Result<Map<String, Value>, Vec<String>> {
    let mut part = Map::new();
    let mut faults = Vec::new();
    for (field, cell) in cells {
        match value(mapping, *field, cell) {
            Ok(None) => {}
            Ok(Some(([name, ""], value))) => drop(part.insert(name.to_owned(), value)),
            Ok(Some(([group, name], value))) => {
                let group = part.entry(group).or_insert_with(|| json!({}));
                group[name] = value;
            }
            Err(fault) => faults.push(fault),
        }
    }
    for (group, first) in [("statutory", "days"), ("promised", "days"), ("source", "id")] {
        // Without days there is no limit, without an id no source.
        if part.get(group).is_some_and(|value| matches!(&value[first], Value::Null)) && named(cells, group) {
            part.insert(group.to_owned(), Value::Null);
        }
    }
    if faults.is_empty() { Ok(part) } else { Err(faults) }
}

/// Lays a part over an item (or over nothing), object by object.
pub(super) fn lay_over(part: &Map<String, Value>, item: &mut Map<String, Value>) {
    for (name, value) in part {
        match value {
            Value::Object(fields) => {
                let held = item.entry(name).or_insert(Value::Null);
                if !held.is_object() {
                    *held = skeleton(name);
                }
                fields.iter().for_each(|(field, value)| held[field] = value.clone());
            }
            _ => drop(item.insert(name.clone(), value.clone())),
        }
    }
}

fn skeleton(group: &str) -> Value {
    match group {
        "statutory" => json!({"unit": DayUnit::Workday, "start": StartEvent::Acceptance, "basis": ""}),
        "promised" => json!({"unit": DayUnit::Workday}),
        "fee" => json!({"text": ""}),
        "result" => json!({"name": ""}),
        _ => json!({}),
    }
}

/// The cell that decides whether the group exists was in the file.
fn named(cells: &Cells, group: &str) -> bool {
    let field = match group {
        "statutory" => Field::StatutoryDays,
        "promised" => Field::PromisedDays,
        _ => Field::SourceId,
    };
    cells.contains_key(&field)
}

/// Where a cell goes (member, or group and member) and what stands there; `None`: it says nothing.
type Place = Option<([&'static str; 2], Value)>;

fn value(mapping: &Mapping, field: Field, cell: &str) -> Result<Place, String> {
    let column = mapping.columns.get(&field).map_or("", String::as_str);
    let text = |place| Ok(Some((place, json!(cell))));
    let optional = |place| Ok(Some((place, if cell.is_empty() { Value::Null } else { json!(cell) })));
    let required = |place| match cell {
        "" => Err(format!("“{column}”列没有填写")),
        _ => text(place),
    };
    let days = |place| match cell {
        "" => Ok(Some((place, Value::Null))),
        _ => match cell.parse::<u32>() {
            Ok(days) => Ok(Some((place, json!(days)))),
            Err(_) => Err(format!("“{column}”列的“{cell}”不是天数，填写阿拉伯数字")),
        },
    };
    let word = |place, known: Option<Value>| match known {
        Some(value) => Ok(Some((place, value))),
        None if cell.is_empty() && field != Field::Kind => Ok(None),
        None => Err(format!("“{column}”列的“{cell}”不认识")),
    };
    match field {
        Field::Key => required(["key", ""]),
        Field::Name => required(["name", ""]),
        Field::Kind => word(["kind", ""], ItemKind::from_name(cell).map(|kind| json!(kind))),
        Field::Code => optional(["code", ""]),
        Field::HandlingCode => optional(["handling_code", ""]),
        Field::Agency => text(["agency", ""]),
        Field::Sector => optional(["sector", ""]),
        Field::Joint => optional(["joint", ""]),
        Field::TouchesOthers => word(["touches_others", ""], known(&YES, cell)),
        Field::Mode => word(["mode", ""], known(&MODES, cell)),
        Field::ServiceObjects => Ok(Some((["service_objects", ""], list(cell)))),
        Field::StatutoryDays => days(["statutory", "days"]),
        Field::StatutoryUnit => word(["statutory", "unit"], known(&UNITS, cell)),
        Field::StatutoryStart => word(["statutory", "start"], known(&STARTS, cell)),
        Field::StatutoryBasis => text(["statutory", "basis"]),
        Field::PromisedDays => days(["promised", "days"]),
        Field::PromisedUnit => word(["promised", "unit"], known(&UNITS, cell)),
        Field::CorrectionDays => days(["correction_days", ""]),
        Field::ToleranceDays => days(["tolerance_days", ""]),
        Field::FeeText => text(["fee", "text"]),
        Field::FeeBasis => optional(["fee", "basis"]),
        Field::ResultName => text(["result", "name"]),
        Field::ResultValidity => text(["result", "validity"]),
        Field::Notes => text(["notes", ""]),
        Field::MovedFrom => optional(["moved_from", ""]),
        Field::SourceId => optional(["source", "id"]),
        Field::SourceUrl => text(["source", "url"]),
    }
}

fn known<T: Copy + serde::Serialize>(table: &[(T, &str)], cell: &str) -> Option<Value> {
    table.iter().find(|row| row.1 == cell).map(|row| json!(row.0))
}

fn list(cell: &str) -> Value {
    json!(cell.split('、').filter(|name| !name.is_empty()).collect::<Vec<_>>())
}
