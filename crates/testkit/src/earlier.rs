//! A database as an earlier release left it: made from the same migrations, but not from all of them.

use crate::TestDb;
use std::path::Path;
use yichuang_domain::digest::sm3;
use yichuang_storage::Place;

impl TestDb {
    /// Empties the database, applies the migrations up to `last` as their release did, and opens it.
    pub async fn back_to(&mut self, last: &str) {
        self.close();
        match self.place() {
            Place::Folder(folder) => {
                for file in Place::files(folder) {
                    std::fs::remove_file(file).expect("the database goes away");
                }
            }
            Place::Postgres(_) => self.tamper("DROP SCHEMA public CASCADE; CREATE SCHEMA public").await,
        }
        self.tamper("CREATE TABLE migrations (name TEXT PRIMARY KEY, sm3 TEXT NOT NULL)").await;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        let files = std::fs::read_dir(folder).expect("the migrations are there");
        let mut files: Vec<_> = files.map(|file| file.expect("read").path()).collect();
        files.sort();
        let name = |file: &Path| file.file_stem().and_then(|name| name.to_str()).map(str::to_owned);
        for file in files.iter().filter(|file| name(file).as_deref() <= Some(last)) {
            let sql = std::fs::read_to_string(file).expect("a migration is read").replace("\r\n", "\n");
            self.tamper(&sql).await;
            let (name, digest) = (name(file).expect("a name"), sm3(&[sql.as_bytes()]).0);
            self.tamper(&format!("INSERT INTO migrations (name, sm3) VALUES ('{name}', '{digest}')")).await;
        }
        self.reopen().await;
    }
}
