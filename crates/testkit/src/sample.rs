//! Small true-to-life changes: a case is received, moves a step, or is told no.

use yichuang_domain::RefusalCode;
use yichuang_domain::identity::case_no_of;
use yichuang_storage::{
    Act, Change, Effects, Plan, Rows, Stop, cases, cases::CaseRow, clocks, journal, series,
};

/// An act of staff 7 at a fixed time.
pub fn act(id: &str, kind: &'static str) -> Act {
    Act { id: id.into(), actor: 7, kind, body_hash: format!("{kind}:{id}"), at: 1_790_000_000_000 }
}

/// A case as it stands when it is received.
pub fn case_row(id: i64, case_no: String) -> CaseRow {
    CaseRow {
        id,
        case_no,
        exchange_no: String::new(),
        version: 0,
        stage: "received".into(),
        site: "jb".into(),
        item_version: 1,
        agency: "scjg".into(),
        state: r#"{"stage":"received"}"#.into(),
        head_hash: String::new(),
        received_at: 1_790_000_000_000,
        received_on: "2026-09-21".into(),
        updated_at: 1_790_000_000_000,
    }
}

/// 收件: draws a case number, inserts the case with its first record and a clock. The answer is the number.
pub fn receive(act_id: &str, id: i64, prefix: &'static str) -> Change {
    let then = move |_: &Rows| {
        let finish = move |numbers: &[i64]| {
            let mut case = case_row(id, case_no_of(prefix, numbers[0]));
            let (records, witness) =
                journal::chain(&journal::start(id), vec![r#"{"event":"received"}"#.into()]);
            (case.version, case.head_hash) = (witness.seq, witness.head.clone());
            let mut stmts = vec![cases::insert(&case)];
            stmts.extend(records);
            stmts.push(clocks::put(&clock(id, clocks::RUNNING)));
            Ok(Effects { stmts, answer: case.case_no, witness: Some(witness) })
        };
        Ok(Plan::numbered(vec![series::case_no(prefix)], finish))
    };
    Change { act: act(act_id, "receive_case"), key: id, locks: vec![], then: Box::new(then) }
}

/// One step further: a record, the state row, the clock; draws a document number. Refused with `StaleVersion`
/// unless the case is at `seen` (0: at any version). The answer is the new version.
pub fn step(act_id: &str, id: i64, seen: i64) -> Change {
    let then = move |rows: &Rows| {
        let mut case: CaseRow = rows.get(0)?;
        if seen != 0 && case.version != seen {
            return Err(RefusalCode::StaleVersion.into());
        }
        let finish = move |numbers: &[i64]| {
            let body = format!(r#"{{"event":"stepped","number":{}}}"#, numbers[0]);
            let (mut stmts, witness) = journal::chain(&case.witness(), vec![body]);
            (case.version, case.head_hash) = (witness.seq, witness.head.clone());
            case.stage = format!("step_{}", case.version);
            stmts.push(cases::update(&case));
            stmts.push(clocks::put(&clock(id, clocks::PAUSED)));
            Ok(Effects { stmts, answer: case.version.to_string(), witness: Some(witness) })
        };
        Ok(Plan::numbered(vec![series::next("受理通知书/2026")], finish))
    };
    Change { act: act(act_id, "step"), key: id, locks: vec![cases::lock(id)], then: Box::new(then) }
}

/// A change that decides no after it has drawn a number: nothing but the refusal may remain.
pub fn refused_late(act_id: &str, id: i64, prefix: &'static str) -> Change {
    let then = move |_: &Rows| {
        let no = |_: &[i64]| Err(Stop::from(RefusalCode::ReasonMissing));
        Ok(Plan::numbered(vec![series::case_no(prefix)], no))
    };
    Change { act: act(act_id, "receive_case"), key: id, locks: vec![], then: Box::new(then) }
}

fn clock(case_id: i64, state: &str) -> clocks::ClockRow {
    clocks::ClockRow {
        case_id,
        branch: "scjg".into(),
        kind: "promised".into(),
        began_on: "2026-11-23".into(),
        ordinal: 100 + case_id % 10,
        due_on: format!("2026-10-{:02}", 10 + case_id % 10),
        provisional: false,
        state: state.into(),
    }
}
