//! The digest of a table: SM3 over its rows in the order of its key, the same on either engine.

use crate::db::bulk::Table;
use crate::error::StoreError;
use crate::value::Value;
use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};

/// 一张数据表的行数和摘要.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableSum {
    /// Name of the table.
    pub table: String,
    /// Rows.
    pub rows: u64,
    /// SM3 over all rows in the order of the key, hexadecimal.
    pub sm3: String,
}

/// A digest on its way.
#[derive(Default)]
pub(super) struct Summing {
    pub(super) rows: u64,
    sm3: Sm3,
    cells: Vec<u8>,
}

impl Summing {
    /// The next row. Every cell stands with its kind and length, so that no two tables share a digest.
    pub(super) fn add(&mut self, table: &Table, row: &[Value]) -> Result<(), StoreError> {
        self.cells.clear();
        for (column, value) in table.columns.iter().zip(row) {
            if !column.kind.holds(value) {
                let (table, column) = (&table.name, &column.name);
                return Err(StoreError::damaged(format!("数据表 {table} 的 {column} 中有类型不符的内容")));
            }
            match value {
                Value::Int(number) => {
                    self.cells.push(b'i');
                    self.cells.extend(number.to_be_bytes());
                }
                Value::Text(text) => {
                    self.cells.push(b't');
                    self.cells.extend((text.len() as u64).to_be_bytes());
                    self.cells.extend(text.as_bytes());
                }
            }
        }
        self.sm3.update(&self.cells);
        self.rows += 1;
        Ok(())
    }

    pub(super) fn end(self, table: &Table) -> TableSum {
        TableSum { table: table.name.clone(), rows: self.rows, sm3: hex(self.sm3) }
    }
}

/// The digest as it is written.
pub(crate) fn hex(sm3: Sm3) -> String {
    sm3.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
