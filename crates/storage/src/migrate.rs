//! Migrations: one folder for both engines, applied in order inside one transaction, each recorded with its SM3.

use crate::error::StoreError;
use crate::value::{Cells, Stmt, Value, stmt};
use yichuang_domain::digest::sm3;

/// Made before anything else, so that it can say what was applied.
pub(crate) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, sm3 TEXT NOT NULL)";

macro_rules! migrations {
    ($($name:literal),* $(,)?) => {
        &[$(Migration {
            name: $name,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/", $name, ".sql")),
        }),*]
    };
}

/// Every migration of this release, in order.
pub(crate) const MIGRATIONS: &[Migration] = migrations!["0001_foundation"];

pub(crate) struct Migration {
    pub(crate) name: &'static str,
    pub(crate) sql: &'static str,
}

impl Migration {
    fn digest(&self) -> String {
        // Line ends differ between checkouts; the text does not.
        sm3(&[self.sql.replace("\r\n", "\n").as_bytes()]).0
    }

    pub(crate) fn record(&self) -> Stmt {
        stmt!("migrations/insert", self.name, self.digest())
    }
}

/// The migrations applied so far.
pub(crate) fn applied() -> Stmt {
    stmt!("migrations/all")
}

/// What is still to be applied; an error when the database is newer than this release or was made by other
/// texts.
pub(crate) fn pending(applied: Vec<Vec<Value>>) -> Result<&'static [Migration], StoreError> {
    for (place, row) in applied.iter().enumerate() {
        let mut cells = Cells::new(row.clone());
        let (name, digest) = (cells.text()?, cells.text()?);
        match MIGRATIONS.get(place) {
            Some(own) if own.name == name && own.digest() == digest => {}
            Some(own) if own.name == name => return Err(StoreError::MigrationChanged(name)),
            _ => return Err(StoreError::Newer(name)),
        }
    }
    Ok(&MIGRATIONS[applied.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_names_every_file_of_the_folder_in_order() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
        let names = std::fs::read_dir(folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<String> = names.collect();
        names.sort();
        let listed: Vec<String> = MIGRATIONS.iter().map(|m| format!("{}.sql", m.name)).collect();
        assert_eq!(names, listed);
    }

    #[test]
    fn a_newer_or_changed_schema_is_refused() {
        let row = |name: &str, digest: String| vec![Value::Text(name.into()), Value::Text(digest)];
        let mut all: Vec<_> = MIGRATIONS.iter().map(|m| row(m.name, m.digest())).collect();
        assert!(pending(all.clone()).is_ok_and(|left| left.is_empty()));
        assert_eq!(pending(vec![]).map(|left| left.len()).ok(), Some(MIGRATIONS.len()));
        all.push(row("9999_future", String::new()));
        assert!(matches!(pending(all.clone()), Err(StoreError::Newer(name)) if name == "9999_future"));
        all[0][1] = Value::Text("0".into());
        assert!(
            matches!(pending(all), Err(StoreError::MigrationChanged(name)) if name == MIGRATIONS[0].name)
        );
    }
}
