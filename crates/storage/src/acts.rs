//! 操作: every act that went through, once, with its answer. Written by the engines only.

use crate::change::{Act, Witness};
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 已办操作: what a repeated request is compared with.
    ActRow {
        /// Staff id, 0 for the platform.
        actor: int,
        /// What was done.
        kind: text,
        /// Digest of the request's content.
        body_hash: text,
        /// JSON of the answer.
        answer: text,
    }
}

record! {
    /// What an act says a case's journal stood at.
    WitnessRow {
        /// The case.
        case_id: int,
        /// Number of its last record then.
        seq: int,
        /// That record's hash.
        head: text,
        /// Id of the act.
        act_id: text,
    }
}

/// The act with this id.
pub fn by_id(id: &str) -> Query<ActRow> {
    Query::new(lookup(id))
}

pub(crate) fn lookup(id: &str) -> Stmt {
    stmt!("acts/lookup", id)
}

pub(crate) fn insert(act: &Act, answer: &str, witness: Option<&Witness>) -> Stmt {
    let (case_id, seq, head) = witness.map_or((0, 0, ""), |w| (w.case_id, w.seq, w.head.as_str()));
    stmt!("acts/insert", &act.id, act.actor, act.kind, &act.body_hash, answer, act.at, case_id, seq, head)
}

/// The witnesses of the cases with `after < id <= upto`, by case and number. For `journal verify`.
pub fn witnesses(after: i64, upto: i64) -> Query<WitnessRow> {
    query!("acts/witnesses", after, upto)
}
