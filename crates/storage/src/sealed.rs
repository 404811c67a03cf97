//! 密文列: the columns that hold sealed personal data, walked and sealed anew. What is in them is nothing to this
//! crate but text.

use crate::migrate::{Area, Schema};
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// A cell that is sealed, or will be.
    SealedRow {
        /// Id of the row, by which it is bound to its place.
        id: int,
        /// What is stored; empty: nothing, or erased.
        stored: text,
    }
}

macro_rules! columns {
    ($($(#[$doc:meta])* $name:ident = $table:literal, $column:literal, $page:literal, $put:literal, $between:literal;)*) => {
        /// 密文列.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Sealed { $($(#[$doc])* $name,)* }

        impl Sealed {
            /// Every one of them that a database of this schema has.
            pub fn of(schema: &Schema) -> impl Iterator<Item = Sealed> + use<> {
                let kept_forms = schema.has(Area::KeptForms);
                [$(Sealed::$name),*].into_iter().filter(move |column| kept_forms || *column != Sealed::KeptForms)
            }

            /// Table and column.
            pub fn name(self) -> (&'static str, &'static str) {
                match self { $(Sealed::$name => ($table, $column),)* }
            }

            /// At most `limit` cells of rows above this id, in order.
            pub fn page(self, after: i64, limit: i64) -> Query<SealedRow> {
                match self { $(Sealed::$name => query!($page, after, limit),)* }
            }

            /// The cell of this row anew, if it still holds what it did.
            pub fn put(self, row: &SealedRow, anew: &str) -> Stmt {
                match self { $(Sealed::$name => stmt!($put, anew, row.id, &row.stored).any_rows(),)* }
            }

            /// Cells that hold at least `from` and less than `to`, in the order of bytes.
            pub fn between(self, from: &str, to: &str) -> Query<i64> {
                match self { $(Sealed::$name => query!($between, from, to),)* }
            }
        }
    };
}

columns! {
    /// Personal data of parties.
    Parties = "parties", "body", "sealed/parties_page", "sealed/parties_put", "sealed/parties_between";
    /// Free texts.
    Texts = "texts", "body", "sealed/texts_page", "sealed/texts_put", "sealed/texts_between";
    /// Receipts being filled in.
    Drafts = "drafts", "body", "sealed/drafts_page", "sealed/drafts_put", "sealed/drafts_between";
    /// Questions the windows ask.
    Questions = "questions", "question", "sealed/questions_page", "sealed/questions_put", "sealed/questions_between";
    /// What the departments answer.
    Answers = "questions", "answer", "sealed/answers_page", "sealed/answers_put", "sealed/answers_between";
    /// Secrets of second factors, by the number of the member of staff.
    Factors = "accounts", "factor", "sealed/factors_page", "sealed/factors_put", "sealed/factors_between";
    /// What came after a session had ended, by the number of the member of staff.
    KeptForms = "kept_forms", "body", "sealed/kept_forms_page", "sealed/kept_forms_put", "sealed/kept_forms_between";
}
