//! 材料文件: which file was handed in for which material of a case. The file itself stands in `files`.

use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 材料文件
    CaseFileRow {
        /// Id.
        id: int,
        /// The case.
        case_id: int,
        /// Id of the material in the item.
        material: text,
        /// Name of the file.
        sm3: text,
        /// Its media type.
        media: text,
        /// Its length in bytes.
        size: int,
        /// When it was handed in, milliseconds UTC.
        at: int,
        /// The case whose material it was before; 0: it was handed in.
        from_case: int,
    }
}

/// A file handed in.
pub fn insert(row: &CaseFileRow) -> Stmt {
    let CaseFileRow { id, case_id, material, sm3, media, size, at, from_case } = row;
    stmt!("case_files/insert", *id, *case_id, material, sm3, media, *size, *at, *from_case)
}

/// The files of a case, oldest first.
pub fn of_case(case_id: i64) -> Query<CaseFileRow> {
    query!("case_files/of_case", case_id)
}

/// The file with this id.
pub fn by_id(id: i64) -> Query<CaseFileRow> {
    query!("case_files/by_id", id)
}
