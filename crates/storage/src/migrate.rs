//! Migrations: one folder for both engines, applied in order inside one transaction, each recorded with its SM3.

use crate::error::StoreError;
use crate::value::{Cells, Stmt, Value, stmt};
use yichuang_domain::digest::sm3;

/// The table that says what was applied; made before anything else.
pub(crate) const NAME: &str = "migrations";
/// Makes it.
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
pub(crate) const MIGRATIONS: &[Migration] = migrations!["0001_foundation", "0002_nodes", "0003_files", "0004_anchors"];

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

/// The tables of an embedded database.
pub(crate) fn tables() -> Stmt {
    Stmt::new("SELECT name FROM sqlite_master WHERE type = 'table'", vec![])
}

/// May opening make a database and bring it up to date, or must it be there as it should be?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Make,
    Existing,
}

/// What is there before anything is made or migrated.
pub(crate) enum Found {
    /// No table at all.
    Nothing,
    /// Tables, but not the one that says which migrations made them.
    Foreign,
    /// The rows of `migrations`.
    Applied(Vec<Vec<Value>>),
}

impl Found {
    /// What is still to be applied. An error when somebody else made the tables, when the database is newer
    /// than this release, or when other texts made it.
    pub(crate) fn pending(self) -> Result<&'static [Migration], StoreError> {
        match self {
            Found::Nothing => Ok(MIGRATIONS),
            Found::Foreign => Err(StoreError::damaged("没有结构登记表 migrations")),
            // The table and its rows are made in one transaction.
            Found::Applied(rows) if rows.is_empty() => {
                Err(StoreError::damaged("结构登记表 migrations 是空的"))
            }
            Found::Applied(rows) => pending(rows),
        }
    }

    /// Nothing is to be applied.
    pub(crate) fn up_to_date(self) -> Result<(), StoreError> {
        if matches!(self, Found::Nothing) {
            return Err(StoreError::NoDatabase(String::new()));
        }
        match self.pending()? {
            [] => Ok(()),
            [first, ..] => Err(StoreError::Older(first.name.into())),
        }
    }
}

fn pending(applied: Vec<Vec<Value>>) -> Result<&'static [Migration], StoreError> {
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
    fn an_older_schema_is_brought_up_to_date_only_by_who_may() {
        // One migration less than this release has, however many that are.
        let older = StoreError::Older("0001_foundation".into()).to_string();
        assert!(older.contains("尚缺 0001_foundation") && older.contains("import items"), "{older}");
        assert!(matches!(Found::Nothing.up_to_date(), Err(StoreError::NoDatabase(_))));
        assert!(matches!(Found::Foreign.up_to_date(), Err(StoreError::Damaged(_))));
        assert_eq!(Found::Nothing.pending().map(|left| left.len()).ok(), Some(MIGRATIONS.len()));
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
