//! 导出事项: the stored items as JSON (all of each) or CSV (the flat fields), such that importing the file
//! again changes nothing.

use super::cell::{MODES, STARTS, UNITS, YES, guard};
use super::mapping::{Field, Mapping, MappingError};
use yichuang_domain::item::{ItemVersion, Limit};

/// Why an export failed.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The mapping of the flat table, part of the binary, is damaged.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// An item has no JSON form.
    #[error("事项不能写成 JSON：{0}")]
    Json(#[from] serde_json::Error),
    /// The table could not be written.
    #[error("平面表没有写成：{0}")]
    Csv(#[from] csv::Error),
    /// The workbook could not be written.
    #[error("工作簿没有写成：{0}")]
    Xlsx(#[from] rust_xlsxwriter::XlsxError),
}

/// All of each item, a JSON array.
pub fn items_to_json(items: &[ItemVersion]) -> Result<String, ExportError> {
    Ok(serde_json::to_string_pretty(items)? + "\n")
}

/// The flat fields, UTF-8 with BOM so that spreadsheets read it, columns of `import/yichuang.toml`. A cell that
/// a spreadsheet would take for a formula begins with an apostrophe, which the import takes away again.
pub fn items_to_csv(items: &[ItemVersion]) -> Result<Vec<u8>, ExportError> {
    let mapping = Mapping::flat()?;
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(mapping.columns.values())?;
    for item in items {
        writer.write_record(mapping.columns.keys().map(|field| guard(cell(item, *field))))?;
    }
    writer.into_inner().map_err(|error| ExportError::Csv(error.into_error().into()))
}

fn cell(item: &ItemVersion, field: Field) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let days = |days: Option<u32>| days.map(|days| days.to_string()).unwrap_or_default();
    let statutory = item.statutory.as_ref();
    let limit = statutory.map(|statutory| statutory.limit);
    match field {
        Field::Key => item.key.clone(),
        Field::Name => item.name.clone(),
        Field::Kind => item.kind.name().to_owned(),
        Field::Code => text(&item.code),
        Field::HandlingCode => text(&item.handling_code),
        Field::Agency => item.agency.clone(),
        Field::Sector => text(&item.sector),
        Field::Joint => text(&item.joint),
        Field::TouchesOthers => word(&YES, item.touches_others),
        Field::Mode => word(&MODES, item.mode),
        Field::ServiceObjects => item.service_objects.join("、"),
        Field::StatutoryDays => days(limit.map(|limit| limit.days)),
        Field::StatutoryUnit => unit(limit),
        Field::StatutoryStart => statutory.map(|s| word(&STARTS, s.start)).unwrap_or_default(),
        Field::StatutoryBasis => statutory.map(|s| s.basis.clone()).unwrap_or_default(),
        Field::PromisedDays => days(item.promised.map(|limit| limit.days)),
        Field::PromisedUnit => unit(item.promised),
        Field::CorrectionDays => days(item.correction_days),
        Field::ToleranceDays => days(item.tolerance_days),
        Field::FeeText => item.fee.text.clone(),
        Field::FeeBasis => text(&item.fee.basis),
        Field::ResultName => item.result.name.clone(),
        Field::ResultValidity => item.result.validity.clone(),
        Field::Notes => item.notes.clone(),
        Field::MovedFrom => text(&item.moved_from),
        Field::SourceId => item.source.as_ref().map(|source| source.id.clone()).unwrap_or_default(),
        Field::SourceUrl => item.source.as_ref().map(|source| source.url.clone()).unwrap_or_default(),
    }
}

fn unit(limit: Option<Limit>) -> String {
    limit.map(|limit| word(&UNITS, limit.unit)).unwrap_or_default()
}

fn word<T: PartialEq + Copy>(table: &[(T, &str)], value: T) -> String {
    table.iter().find(|row| row.0 == value).map(|row| row.1.to_owned()).unwrap_or_default()
}
