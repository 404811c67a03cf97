//! 姓名和文字: puts into the frozen data of a notice what stands outside the journal, so that it can be erased.
//!
//! A reference is an object with an id and an SM3: a free text becomes its words, a party its name and kind. A
//! party known by its id alone stands under `applicant`, `agent` or `to`. Nothing else of a party goes on paper.

use super::{MakeError, Unprintable};
use crate::app::App;
use crate::privacy;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use yichuang_domain::digest::Digest;
use yichuang_storage::{parties, texts};

/// Fields that hold the id of a party.
const PARTIES: [&str; 3] = ["applicant", "agent", "to"];

/// The data with every reference replaced by what it refers to.
pub(super) async fn put_in(app: &App, mut data: Value) -> Result<Value, MakeError> {
    let mut references = BTreeMap::new();
    gather(&data, &mut references);
    let mut words = BTreeMap::new();
    for (id, digest) in references {
        words.insert(id, look_up(app, id, digest.as_deref()).await?);
    }
    replace(&mut data, &words);
    Ok(data)
}

/// The id and digest of a reference.
fn reference(value: &Value) -> Option<(i64, &str)> {
    let fields = value.as_object().filter(|fields| fields.len() == 2)?;
    Some((fields.get("id")?.as_str()?.parse().ok()?, fields.get("sm3")?.as_str()?))
}

fn party_id(key: &str, value: &Value) -> Option<i64> {
    value.as_str().filter(|_| PARTIES.contains(&key))?.parse().ok()
}

fn gather(value: &Value, found: &mut BTreeMap<i64, Option<String>>) {
    if let Some((id, digest)) = reference(value) {
        found.insert(id, Some(digest.to_owned()));
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                if let Some(id) = party_id(key, field) {
                    found.entry(id).or_default();
                }
                gather(field, found);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| gather(value, found)),
        _ => {}
    }
}

fn replace(value: &mut Value, words: &BTreeMap<i64, Value>) {
    if let Some((id, _)) = reference(value) {
        *value = words.get(&id).cloned().unwrap_or_default();
        return;
    }
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match party_id(key, field).and_then(|id| words.get(&id)) {
                    Some(party) => *field = party.clone(),
                    None => replace(field, words),
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| replace(value, words)),
        _ => {}
    }
}

/// The words of a text, or name and kind of a party.
async fn look_up(app: &App, id: i64, digest: Option<&str>) -> Result<Value, MakeError> {
    if let Some(text) = app.store().one(texts::by_id(id)).await? {
        let words = privacy::words(app, &text, digest)?;
        if words.is_empty() {
            return Err(Unprintable::Incomplete("所引文字已经删除".into()).into());
        }
        return Ok(json!(words));
    }
    let party = app.store().one(parties::by_id(id)).await?;
    let party = party.ok_or_else(|| Unprintable::Incomplete("所引当事人或者文字不存在".into()))?;
    let party = privacy::opened(app, &party, digest.map(|digest| Digest(digest.to_owned())).as_ref())?;
    Ok(json!({"name": party.name, "kind": party.kind}))
}
