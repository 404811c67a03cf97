//! Statements as data, and rows as values. Holds no SQL of its own and does not know which engine runs.

use crate::change::{Lock, Strength};
use crate::error::StoreError;
use std::marker::PhantomData;

/// The text of `sql/<area>/<query>.sql`.
macro_rules! sql {
    ($name:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/", $name, ".sql"))
    };
}

/// A statement: `stmt!("cases/insert", id, number)`.
macro_rules! stmt {
    ($name:literal $(, $arg:expr)* $(,)?) => {
        $crate::value::Stmt::new($crate::value::sql!($name), vec![$($crate::value::Value::from($arg)),*])
    };
}

/// A query: `query!("cases/by_id", id)`; its type says what a row becomes.
macro_rules! query {
    ($name:literal $(, $arg:expr)* $(,)?) => {
        $crate::value::Query::new($crate::value::stmt!($name $(, $arg)*))
    };
}

pub(crate) use {query, sql, stmt};

/// One argument or one cell. There is no NULL: an absent number is 0, an absent text is empty.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Value {
    /// BIGINT: numbers, ids, instants, money in fen, booleans as 0 and 1.
    Int(i64),
    /// TEXT: words, dates, JSON.
    Text(String),
}

impl From<i64> for Value {
    fn from(value: i64) -> Value {
        Value::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Int(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Value {
        Value::Text(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Value {
        Value::Text(value.into())
    }
}

impl From<&String> for Value {
    fn from(value: &String) -> Value {
        Value::Text(value.clone())
    }
}

/// One statement and its arguments. Only the area modules make them; the engines run them.
#[derive(Clone, Debug)]
pub struct Stmt {
    pub(crate) sql: &'static str,
    pub(crate) args: Vec<Value>,
    /// Must touch exactly one row; otherwise the whole change is undone.
    pub(crate) one_row: bool,
}

impl Stmt {
    pub(crate) fn new(sql: &'static str, args: Vec<Value>) -> Stmt {
        Stmt { sql, args, one_row: true }
    }

    /// No text of it holds NUL: one engine would keep it, the other not.
    pub(crate) fn storable(&self) -> Result<(), StoreError> {
        let nul = |value: &Value| matches!(value, Value::Text(text) if text.contains('\0'));
        if self.args.iter().any(nul) { Err(StoreError::Nul) } else { Ok(()) }
    }

    /// The first table it names, for a message.
    pub(crate) fn table(&self) -> &'static str {
        let mut words = self.sql.split_ascii_whitespace();
        let before = ["FROM", "INTO", "UPDATE"];
        words.find(|word| before.contains(word)).and_then(|_| words.next()).unwrap_or_default()
    }

    /// The tables it reads.
    pub(crate) fn tables_read(&self) -> impl Iterator<Item = &'static str> {
        let words = self.sql.split_ascii_whitespace();
        words
            .clone()
            .zip(words.skip(1))
            .filter(|(word, _)| ["FROM", "JOIN"].contains(word))
            .map(|(_, name)| name)
    }

    /// The table whose rows it may change, if it does more than insert new ones.
    pub(crate) fn table_changed(&self) -> Option<&'static str> {
        let inserts = self.sql.starts_with("INSERT") && !self.sql.contains("DO UPDATE");
        (!inserts).then(|| self.table())
    }

    /// The same statement, allowed to touch any number of rows, for changes of whole sets.
    pub(crate) fn any_rows(self) -> Stmt {
        Stmt { one_row: false, ..self }
    }
}

/// The cells of one row, taken from left to right.
#[derive(Debug)]
pub struct Cells(std::vec::IntoIter<Value>);

impl Cells {
    pub(crate) fn new(cells: Vec<Value>) -> Cells {
        Cells(cells.into_iter())
    }

    /// The next cell as a number.
    pub(crate) fn int(&mut self) -> Result<i64, StoreError> {
        match self.0.next() {
            Some(Value::Int(value)) => Ok(value),
            other => Err(StoreError::damaged(format!("应为数字，读到{}", describe(other.as_ref())))),
        }
    }

    /// The next cell as a text.
    pub(crate) fn text(&mut self) -> Result<String, StoreError> {
        match self.0.next() {
            Some(Value::Text(value)) => Ok(value),
            other => Err(StoreError::damaged(format!("应为文本，读到{}", describe(other.as_ref())))),
        }
    }

    /// The next cell as yes or no.
    pub(crate) fn flag(&mut self) -> Result<bool, StoreError> {
        Ok(self.int()? != 0)
    }
}

fn describe(cell: Option<&Value>) -> &'static str {
    match cell {
        Some(Value::Int(_)) => "数字",
        Some(Value::Text(_)) => "文本",
        None => "空",
    }
}

/// What a row becomes: a struct whose fields are read in the order of the columns.
pub trait Record: Sized + Send + 'static {
    /// Reads one row.
    fn read(cells: &mut Cells) -> Result<Self, StoreError>;
}

impl Record for i64 {
    fn read(cells: &mut Cells) -> Result<i64, StoreError> {
        cells.int()
    }
}

impl Record for String {
    fn read(cells: &mut Cells) -> Result<String, StoreError> {
        cells.text()
    }
}

/// A read, run by [`Store::one`](crate::Store::one) or [`Store::all`](crate::Store::all).
#[derive(Debug)]
pub struct Query<T> {
    pub(crate) stmt: Stmt,
    record: PhantomData<fn() -> T>,
}

impl<T: Record> Query<T> {
    pub(crate) fn new(stmt: Stmt) -> Query<T> {
        Query { stmt, record: PhantomData }
    }

    /// The same row as a lock nobody shares. `name` is what a message calls it, e.g. 办件.
    pub(crate) fn exclusive(self, name: &'static str) -> Lock {
        self.held(name, Strength::Update)
    }

    /// The same row as a lock others may share: it may be read by many, changed by none.
    pub(crate) fn shared(self, name: &'static str) -> Lock {
        self.held(name, Strength::Share)
    }

    /// The same row read after all locked rows are held, and not held itself: for what follows from a locked
    /// row, or what may be one change old. It must give exactly one row, like every lock.
    pub(crate) fn read(self, name: &'static str) -> Lock {
        self.held(name, Strength::Read)
    }

    fn held(self, name: &'static str, strength: Strength) -> Lock {
        Lock { name, read: self.stmt, strength }
    }
}

/// Declares a row struct and how it is read, in the order of the columns.
macro_rules! record {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $kind:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $crate::value::record!(@type $kind)),* }

        impl $crate::value::Record for $name {
            fn read(cells: &mut $crate::value::Cells) -> Result<$name, $crate::StoreError> {
                Ok($name { $($field: cells.$kind()?),* })
            }
        }
    };
    (@type int) => { i64 };
    (@type text) => { String };
    (@type flag) => { bool };
}
pub(crate) use record;
