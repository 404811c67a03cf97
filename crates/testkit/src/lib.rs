//! What tests share: both databases, sample changes, a writer to be killed. Never part of a release.
//!
//! ```no_run
//! yichuang_testkit::db_test!(a_case_is_received, async |db| {
//!     db.commit(yichuang_testkit::sample::receive("act-1", 1, "JB20261123")).await.unwrap();
//! });
//! ```

pub mod database;
pub mod earlier;
pub mod proxy;
pub mod sample;
pub mod server;

pub use database::TestDb;

/// One test for each engine, `name::sqlite` and `name::postgres`, each with a database of its own.
///
/// The body is an async closure that takes a [`TestDb`]. The PostgreSQL server is the one of the variable
/// `YICHUANG_TEST_POSTGRES`; where that is absent the test says so and passes, but fails where `CI` is set.
#[macro_export]
macro_rules! db_test {
    ($name:ident, $body:expr) => {
        mod $name {
            #[allow(unused_imports)]
            use super::*;

            #[test]
            fn sqlite() {
                $crate::database::on_sqlite($body);
            }

            #[test]
            fn postgres() {
                $crate::database::on_postgres(concat!(module_path!(), "::postgres"), $body);
            }
        }
    };
}
