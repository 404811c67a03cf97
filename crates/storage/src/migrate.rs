//! Migrations: one folder for both engines, applied in order inside one transaction, each recorded with its SM3.
//!
//! A new database is made complete. One that is there is brought up to date only when somebody asks for it
//! (`yichuang migrate`), after all programs that use it have been replaced; until then they run on the schema of
//! the release before.

use crate::error::StoreError;
use crate::value::{Cells, Stmt, Value, stmt};
use yichuang_domain::digest::sm3;

/// The table that says what was applied; made before anything else.
pub(crate) const NAME: &str = "migrations";
/// Makes it.
pub(crate) const TABLE: &str =
    "CREATE TABLE IF NOT EXISTS migrations (name TEXT PRIMARY KEY, sm3 TEXT NOT NULL)";

macro_rules! migrations {
    ($($release:literal: $($name:literal),+;)*) => {
        &[$($(Migration {
            name: $name,
            release: $release,
            sql: include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations/", $name, ".sql")),
        }),+),*]
    };
}

/// Every migration up to this release, in order, by the release each came with.
pub(crate) const MIGRATIONS: &[Migration] = migrations![
    "0.1": "0001_foundation";
    "0.2": "0002_nodes", "0003_files", "0004_anchors", "0005_access", "0006_vault", "0007_desks", "0008_intake", "0009_portal", "0010_kept_forms", "0011_window", "0012_catalogue";
];

pub(crate) struct Migration {
    pub(crate) name: &'static str,
    /// Programs of this release and of the one before run on a database without it.
    release: &'static str,
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

/// 库结构: which migrations a database has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schema {
    /// Always a beginning of [`MIGRATIONS`].
    applied: usize,
}

/// What a release brought to the schema. A database that was not migrated since has not got it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Area {
    /// Node numbers, leases, epochs.
    Nodes,
    /// Files by content hash.
    Files,
    /// Anchors of the journal.
    Anchors,
    /// Accounts and sessions.
    Access,
    /// Drafts, files of cases, questions and answers.
    Intake,
    /// The counter of the catalogue, evaluators.
    Portal,
    /// Sealed personal data, the blind index, reads.
    Vault,
    /// Forms that came after their session had ended.
    KeptForms,
    /// Claims, deputies, presence, the ledger of what was handed out.
    Desks,
    /// Drafts of items on their way to publication.
    Catalogue,
}

impl Area {
    fn migration(self) -> &'static str {
        match self {
            Area::Nodes => "0002_nodes",
            Area::Files => "0003_files",
            Area::Anchors => "0004_anchors",
            Area::Access => "0005_access",
            Area::Intake => "0011_window",
            Area::Portal => "0009_portal",
            Area::Vault => "0006_vault",
            Area::KeptForms => "0010_kept_forms",
            Area::Desks => "0007_desks",
            Area::Catalogue => "0012_catalogue",
        }
    }
}

impl Schema {
    /// The tables of this area are there.
    pub fn has(&self, area: Area) -> bool {
        self.applied().any(|name| name == area.migration())
    }

    /// They are there, or the error that says what to do.
    pub fn needs(&self, area: Area) -> Result<(), StoreError> {
        if self.has(area) { Ok(()) } else { Err(StoreError::Older(area.migration().into())) }
    }

    /// The migrations it has, in order.
    pub fn applied(&self) -> impl Iterator<Item = &'static str> + use<> {
        MIGRATIONS[..self.applied].iter().map(|migration| migration.name)
    }

    /// The migrations of this release it has not got yet.
    pub fn missing(&self) -> impl Iterator<Item = &'static str> + use<> {
        MIGRATIONS[self.applied..].iter().map(|migration| migration.name)
    }

    /// Reads the rows of `migrations`.
    pub(crate) fn read(applied: Vec<Vec<Value>>) -> Result<Schema, StoreError> {
        Found::Applied(applied).pending().map(|pending| Schema { applied: MIGRATIONS.len() - pending.len() })
    }
}

/// What opening may do to a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Make one where there is none.
    Make,
    /// Nothing.
    Existing,
    /// Bring one that is there up to date.
    Migrate,
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
    /// What is to be applied now. An error when there is nothing and nothing may be made, when somebody else made
    /// the tables, when the database is newer than this release or older than the release before, or when other
    /// texts made it.
    pub(crate) fn to_apply(&self, mode: Mode) -> Result<&'static [Migration], StoreError> {
        let nothing = matches!(self, Found::Nothing);
        if nothing && mode != Mode::Make {
            return Err(StoreError::NoDatabase(String::new()));
        }
        let pending = self.pending()?;
        if nothing || mode == Mode::Migrate {
            return Ok(pending);
        }
        // This program knows how to do without what its own release brought, and no more.
        let newest = MIGRATIONS.last().map(|last| last.release);
        match pending.iter().find(|migration| Some(migration.release) != newest) {
            None => Ok(&[]),
            Some(first) => Err(StoreError::Older(first.name.into())),
        }
    }

    fn pending(&self) -> Result<&'static [Migration], StoreError> {
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
}

fn pending(applied: &[Vec<Value>]) -> Result<&'static [Migration], StoreError> {
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

    fn row(migration: &Migration) -> Vec<Value> {
        vec![Value::Text(migration.name.into()), Value::Text(migration.digest())]
    }

    #[test]
    fn a_program_runs_on_the_schema_of_the_release_before_and_on_none_older() {
        let first_release = MIGRATIONS[0].release;
        let before = MIGRATIONS.iter().filter(|m| m.release == first_release).map(row).collect::<Vec<_>>();
        let schema = Schema::read(before.clone()).unwrap();
        assert_eq!(schema.applied().collect::<Vec<_>>(), ["0001_foundation"]);
        assert!(!schema.has(Area::Nodes) && schema.missing().count() == MIGRATIONS.len() - 1);
        let needs = schema.needs(Area::Files).unwrap_err().to_string();
        assert!(needs.contains("0003_files") && needs.contains("yichuang migrate"), "{needs}");
        for mode in [Mode::Make, Mode::Existing] {
            assert_eq!(Found::Applied(before.clone()).to_apply(mode).map(<[_]>::len).ok(), Some(0));
            assert!(matches!(Found::Foreign.to_apply(mode), Err(StoreError::Damaged(_))));
        }
        let pending = Found::Applied(before).to_apply(Mode::Migrate).map(<[_]>::len).ok();
        assert_eq!(pending, Some(MIGRATIONS.len() - 1));
        assert!(matches!(Found::Nothing.to_apply(Mode::Existing), Err(StoreError::NoDatabase(_))));
        assert!(matches!(Found::Nothing.to_apply(Mode::Migrate), Err(StoreError::NoDatabase(_))));
        assert_eq!(Found::Nothing.to_apply(Mode::Make).map(<[_]>::len).ok(), Some(MIGRATIONS.len()));
    }

    #[test]
    fn every_area_is_in_the_schema_of_this_release() {
        let schema = Schema::read(MIGRATIONS.iter().map(row).collect()).unwrap();
        let areas = [
            Area::Nodes,
            Area::Files,
            Area::Anchors,
            Area::Access,
            Area::Vault,
            Area::Intake,
            Area::Portal,
            Area::KeptForms,
            Area::Desks,
            Area::Catalogue,
        ];
        assert!(areas.into_iter().all(|area| schema.has(area)));
        assert_eq!(schema.missing().count(), 0);
    }

    #[test]
    fn a_newer_or_changed_schema_is_refused() {
        let mut all: Vec<_> = MIGRATIONS.iter().map(row).collect();
        assert!(pending(&all).is_ok_and(|left| left.is_empty()));
        assert_eq!(pending(&[]).map(|left| left.len()).ok(), Some(MIGRATIONS.len()));
        all.push(vec![Value::Text("9999_future".into()), Value::Text(String::new())]);
        assert!(matches!(pending(&all), Err(StoreError::Newer(name)) if name == "9999_future"));
        all[0][1] = Value::Text("0".into());
        assert!(
            matches!(pending(&all), Err(StoreError::MigrationChanged(name)) if name == MIGRATIONS[0].name)
        );
    }
}
