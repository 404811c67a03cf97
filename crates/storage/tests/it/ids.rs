//! Ids: the greatest one on record is told, whatever it belongs to.

use yichuang_storage::meta;
use yichuang_testkit::db_test;

/// Every table whose ids are drawn, and how a row of it is forged.
const TABLES: [&str; 8] = [
    "cases VALUES ({}, 'n', '', 0, '', '', 0, '', '', '', 0, '', 0)",
    "parties VALUES ({}, '', '', '')",
    "texts VALUES ({}, 0, '', '', '')",
    "documents VALUES ({}, 0, '', '', '', '', '', '', 0)",
    "items VALUES ({}, '', 0)",
    "item_versions VALUES ({}, 0, 0, '', '', '', '', '', '', '', '', '', '')",
    "window_sessions VALUES ({}, '', '', 0, 0, 0)",
    "audit VALUES ({}, 0, 0, '', '', '')",
];

db_test!(the_greatest_id_on_record_is_told, async |db| {
    assert_eq!(db.one(meta::greatest_id()).await.unwrap(), Some(0));
    for (id, table) in (1_i64 << 50..).zip(TABLES) {
        db.tamper(&format!("INSERT INTO {}", table.replace("{}", &id.to_string()))).await;
        assert_eq!(db.one(meta::greatest_id()).await.unwrap(), Some(id), "{table}");
    }
});
