//! 表格文件: lists as files for a spreadsheet. No cell is taken for a formula, whatever somebody typed into a name.

use crate::catalog::{ExportError, guard};
use rust_xlsxwriter::{Format, FormatBorder, Workbook};

/// Width of a column of a workbook, in characters.
const WIDTH: f64 = 18.0;

/// CSV with a byte-order mark, as spreadsheets read Chinese.
pub fn csv(head: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Result<Vec<u8>, ExportError> {
    let mut writer = ::csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    writer.write_record(head)?;
    for row in rows {
        writer.write_record(row.into_iter().map(guard))?;
    }
    writer.into_inner().map_err(|error| ExportError::Csv(error.into_error().into()))
}

/// A workbook with one sheet; every cell is text.
pub fn xlsx(
    name: &str,
    head: &[&str],
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, ExportError> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name)?;
    let bold = Format::new().set_bold().set_border(FormatBorder::Thin);
    let cell = Format::new().set_border(FormatBorder::Thin).set_text_wrap();
    for (column, title) in (0..).zip(head) {
        sheet.set_column_width(column, WIDTH)?;
        sheet.write_string_with_format(0, column, *title, &bold)?;
    }
    for (line, row) in (1..).zip(rows) {
        for (column, text) in (0..).zip(row) {
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
    fn no_cell_is_a_formula_and_no_quote_ends_one() {
        let cells = ["=1+1", "+cmd|'/c calc'!A0", "@SUM(A1)", "\tx", "a\"b", "普通"].map(str::to_owned);
        let made = csv(&["一", "二", "三", "四", "五", "六"], std::iter::once(cells.to_vec())).unwrap();
        let text = String::from_utf8(made).unwrap();
        let line = text.lines().nth(1).unwrap();
        assert_eq!(line, "'=1+1,'+cmd|'/c calc'!A0,'@SUM(A1),'\tx,\"a\"\"b\",普通");
        let book = xlsx("台账", &["一"], std::iter::once(vec!["=1+1".to_owned()])).unwrap();
        assert!(book.starts_with(b"PK"));
    }
}
