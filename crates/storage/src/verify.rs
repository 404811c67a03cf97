//! 日志核验: proves that no record was edited, deleted, inserted, swapped or chained anew, and no case taken
//! away, or names the first record that is broken.
//!
//! Two hands hold where a journal stands: the case row and the acts. A forger has to know and change both, and
//! every hash after the record. Reads only; memory is bounded by a few hundred cases.

use crate::acts::{self, WitnessRow};
use crate::cases::{self, HeadRow};
use crate::error::StoreError;
use crate::journal::{self, JournalRow};
use crate::series;
use crate::store::Store;
use std::collections::{BTreeMap, HashSet};
use yichuang_domain::identity::case_no_of;

/// Cases looked at together.
const PAGE: i64 = 300;
/// Digits of a serial that [`case_no_of`] writes at least.
const SERIAL: usize = 6;
/// Sorts behind every text.
const LAST: &str = "\u{10FFFF}";
/// A fault found while somebody writes is looked at again before it is named.
const LOOKS: usize = 3;

/// What verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases looked at.
    pub cases: u64,
    /// Records whose hash was computed again.
    pub records: u64,
    /// The first broken record; `None`: everything holds.
    pub fault: Option<Fault>,
}

/// The first broken record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 受理编号; empty where the case itself is gone and its number cannot be told; for
    /// [`FaultKind::Undrawn`] what the numbers of the series begin with.
    pub case_no: String,
    /// Id of the case, 0 where only its number is known.
    pub case_id: i64,
    /// Number of the record, 0 where the case as a whole is meant.
    pub seq: i64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 内容被改动: the hash does not follow from the body and the record before.
    Edited,
    /// 记录缺失
    Missing,
    /// 多出记录: a record no act and no case row knows of.
    Inserted,
    /// 链被重算: hashes follow from each other, but not to what the acts witnessed.
    Rechained,
    /// 办件状态行不符: the case row does not say where its journal stands.
    HeadDiffers,
    /// 办件缺失
    CaseMissing,
    /// 编号序列被改动: a case whose number was never drawn. The fault names the series by its prefix.
    Undrawn,
}

impl FaultKind {
    /// What is wrong, in words.
    pub fn text(self) -> &'static str {
        match self {
            FaultKind::Edited => "内容或者摘要被改动，摘要对不上",
            FaultKind::Missing => "记录缺失",
            FaultKind::Inserted => "多出一条没有办理操作的记录",
            FaultKind::Rechained => "摘要链被重新计算，与办理操作留存的摘要不符",
            FaultKind::HeadDiffers => "办件状态行与日志不符",
            FaultKind::CaseMissing => "办件缺失",
            FaultKind::Undrawn => "编号序列被删改或者调低，有办件的编号不是由它编出的",
        }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.case_no.as_str() {
            prefix if self.kind == FaultKind::Undrawn => write!(f, "受理编号序列 {prefix}")?,
            "" => write!(f, "办件（内部编号 {}）", self.case_id)?,
            case_no => write!(f, "办件 {case_no}")?,
        }
        if self.seq != 0 {
            write!(f, "第 {} 条记录", self.seq)?;
        }
        write!(f, "：{}。", self.kind.text())
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.fault {
            None => write!(f, "日志核验通过：{} 件办件，{} 条记录。", self.cases, self.records),
            Some(fault) => {
                let stop =
                    if fault.kind == FaultKind::Undrawn { "停止收件" } else { "停止办理该办件" };
                write!(
                    f,
                    "日志核验未通过：{fault}下一步：{stop}，保全数据库文件，从备份核对并报告纪检监察机构。"
                )
            }
        }
    }
}

/// Everything known of one case.
#[derive(Default)]
struct Known {
    case: Option<HeadRow>,
    records: Vec<JournalRow>,
    acts: Vec<WitnessRow>,
}

/// Verifies the whole journal.
pub async fn verify(store: &Store) -> Result<Report, StoreError> {
    let (mut report, mut after) = (Report::default(), i64::MIN);
    loop {
        let heads = store.all(cases::heads(after, PAGE)).await?;
        let upto = if heads.len() < PAGE as usize { i64::MAX } else { heads[heads.len() - 1].id };
        for (case_id, known) in load(store, heads, after, upto).await? {
            report.cases += u64::from(known.case.is_some());
            report.records += known.records.len() as u64;
            if check(case_id, &known).is_some()
                && let Some(fault) = look_again(store, case_id).await?
            {
                return Ok(Report { fault: Some(name_missing(store, fault).await?), ..report });
            }
        }
        if upto == i64::MAX {
            break;
        }
        after = upto;
    }
    report.fault = first_gap(store).await?;
    Ok(report)
}

/// Acts and records are read after the case rows, so that nothing committed in between seems missing.
async fn load(
    store: &Store,
    heads: Vec<HeadRow>,
    after: i64,
    upto: i64,
) -> Result<BTreeMap<i64, Known>, StoreError> {
    let with_head = |head: HeadRow| (head.id, Known { case: Some(head), ..Known::default() });
    let mut known: BTreeMap<i64, Known> = heads.into_iter().map(with_head).collect();
    for record in store.all(journal::range(after, upto)).await? {
        known.entry(record.case_id).or_default().records.push(record);
    }
    for act in store.all(acts::witnesses(after, upto)).await? {
        known.entry(act.case_id).or_default().acts.push(act);
    }
    // Acts on plain rows witness no case; a case or a record of that id is forged.
    if let Some(none) = known.get_mut(&0) {
        none.acts.clear();
        if none.case.is_none() && none.records.is_empty() {
            known.remove(&0);
        }
    }
    Ok(known)
}

async fn look_again(store: &Store, case_id: i64) -> Result<Option<Fault>, StoreError> {
    let mut fault = None;
    for _ in 0..LOOKS {
        let head = store.all(cases::heads(case_id - 1, 1)).await?;
        let head = head.into_iter().filter(|h| h.id == case_id).collect();
        let known = load(store, head, case_id - 1, case_id).await?;
        fault = known.get(&case_id).and_then(|known| check(case_id, known));
        if fault.is_none() {
            return Ok(None);
        }
    }
    Ok(fault)
}

/// The first fault of one case.
fn check(case_id: i64, known: &Known) -> Option<Fault> {
    let case_no = known.case.as_ref().map_or("", |c| &c.case_no);
    let fault = |seq: i64, kind| Some(Fault { case_no: case_no.into(), case_id, seq, kind });
    let Some(case) = &known.case else { return fault(0, FaultKind::CaseMissing) };
    let witnessed = known.acts.last().map_or(0, |act| act.seq);
    let mut at = journal::start(case_id);
    let mut acts = known.acts.iter().peekable();
    for record in &known.records {
        at.seq += 1;
        if record.seq < at.seq {
            return fault(record.seq, FaultKind::Inserted); // numbers begin at 1
        }
        if record.seq != at.seq {
            return fault(at.seq, FaultKind::Missing);
        }
        at.head = journal::link(&at.head, case_id, at.seq, &record.body);
        if record.hash != at.head {
            return fault(at.seq, FaultKind::Edited);
        }
        if at.seq > witnessed {
            return fault(at.seq, FaultKind::Inserted);
        }
        while let Some(act) = acts.next_if(|act| act.seq <= at.seq) {
            if act.seq == at.seq && act.head != at.head {
                return fault(at.seq, FaultKind::Rechained);
            }
        }
    }
    match at.seq.cmp(&witnessed) {
        std::cmp::Ordering::Less => fault(at.seq + 1, FaultKind::Missing),
        _ if at.seq == 0 => fault(1, FaultKind::Missing), // a case begins with a record
        _ if (case.version, &case.head_hash) != (at.seq, &at.head) => fault(at.seq, FaultKind::HeadDiffers),
        _ => None,
    }
}

/// The series of case numbers against the cases: a number drawn without a case is a case that is gone, a case
/// whose number was never drawn a series that was changed. What is on record grows meanwhile, so each series is
/// read before the numbers (none of which may be missing) and after them (none of which may be too many).
async fn first_gap(store: &Store) -> Result<Option<Fault>, StoreError> {
    let fault = |case_no: String, kind| Ok(Some(Fault { case_no, case_id: 0, seq: 0, kind }));
    let mut after = series::CASE_NO.to_string();
    let before = format!("{}~", series::CASE_NO);
    let mut reached = String::new();
    loop {
        let page = store.all(series::page(&after, &before, PAGE)).await?;
        for series in &page {
            let prefix = &series.name[series::CASE_NO.len()..];
            if let Some(stray) = undrawn(store, &reached, prefix).await? {
                return fault(stray, FaultKind::Undrawn);
            }
            reached = format!("{prefix}~");
            let numbers = store.all(cases::numbers(prefix, &reached)).await?;
            let numbers: HashSet<String> = numbers.into_iter().collect();
            let mut expected = (1..=series.last).map(|serial| case_no_of(prefix, serial));
            if let Some(case_no) = expected.find(|number| !numbers.contains(number)) {
                return fault(case_no, FaultKind::CaseMissing);
            }
            let drawn = store.one(series::last(&series.name)).await?;
            if drawn.is_none_or(|last| numbers.len() as i64 > last) {
                return fault(prefix.into(), FaultKind::Undrawn);
            }
        }
        let Some(last) = page.last() else { break };
        after = last.name.clone();
    }
    match undrawn(store, &reached, LAST).await? {
        Some(stray) => fault(stray, FaultKind::Undrawn),
        None => Ok(None),
    }
}

/// What begins the first case number in `from..before` whose series is not there.
async fn undrawn(store: &Store, from: &str, before: &str) -> Result<Option<String>, StoreError> {
    let mut from = from.to_string();
    while let Some(stray) = store.one(cases::first_number(&from, before)).await? {
        let at = stray.char_indices().rev().nth(SERIAL - 1).map_or(0, |(at, _)| at);
        let (prefix, serial) = stray.split_at(at);
        let series = store.one(series::last(&format!("{}{prefix}", series::CASE_NO))).await?;
        if series.is_none() || !serial.bytes().all(|digit| digit.is_ascii_digit()) {
            return Ok(Some(prefix.into()));
        }
        from = format!("{prefix}~"); // begun since the page of series was read
    }
    Ok(None)
}

/// A case row that is gone has left a gap in the case numbers, which gives its number.
async fn name_missing(store: &Store, fault: Fault) -> Result<Fault, StoreError> {
    if fault.kind != FaultKind::CaseMissing {
        return Ok(fault);
    }
    let gap = first_gap(store).await?;
    Ok(Fault { case_no: gap.map_or(String::new(), |gap| gap.case_no), ..fault })
}
