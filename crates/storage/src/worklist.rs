//! 待办: what a department has to decide and a site has to do next, by due date, and how many of each.
//!
//! Every list begins somewhere in an index and reads as many rows as it shows, however many cases there are; counts
//! stop at [`COUNTED`]. Who may see which list is `app`'s to say.

use crate::value::{Query, query, record};

/// Counts go no further: a menu shows 999+.
pub const COUNTED: i64 = 1000;

record! {
    /// One line of a work list.
    WorkRow {
        /// The case.
        case_id: int,
        /// 受理编号
        case_no: text,
        /// Stage word of the department's branch; of the case in the list of a site.
        stage: text,
        /// Due date of the clock the list goes by; empty while it is paused.
        due_on: text,
        /// Running number of that working day; 0: due on a calendar day.
        ordinal: int,
        /// The date rests on a calendar not yet published.
        provisional: flag,
        /// `running` or `paused`.
        clock: text,
        /// 法定到期日; empty where the law sets none, while it is paused, and in the list of a site.
        statutory_on: text,
        /// Id of the item version.
        item_version: int,
        /// Key of the site that took it in.
        site: text,
        /// 收件日期
        received_on: text,
    }
}

record! {
    /// How much a department has to do, each up to [`COUNTED`].
    AgencyCounts {
        /// 待审查
        pending: int,
        /// 待审核
        examined: int,
        /// 待审批
        reviewed: int,
        /// Promised date before the day asked about.
        overdue: int,
        /// Promised date on that day.
        due_today: int,
        /// 特别程序
        paused: int,
    }
}

record! {
    /// How much a site has to do, each up to [`COUNTED`].
    SiteCounts {
        /// 待受理: received, not yet accepted or told what to correct.
        correction: int,
        /// 待补正
        supplement: int,
        /// 容缺待补
        deferral: int,
        /// 待送达: decided, not yet delivered.
        delivery: int,
    }
}

record! {
    /// How much concerns one person of a department, each up to [`COUNTED`].
    DeskCounts {
        /// 待答复的征询 of the department.
        asked: int,
        /// 我承办
        held: int,
        /// 待认领 at the stage asked about.
        unclaimed: int,
    }
}

record! {
    /// How much an issuing window has before it, each up to [`COUNTED`].
    IssuingCounts {
        /// Handed over, to be signed for and checked.
        handed_over: int,
        /// Checked, to be delivered.
        checked: int,
        /// With the department still, or again.
        decided: int,
        /// Delivered, not rated yet.
        delivered: int,
    }
}

/// Which part of a list: after the key `after`, due before `until`, at most so many.
#[derive(Clone, Copy, Debug)]
pub struct Span<'a> {
    /// Due date and case of the last line seen; `("", 0)`: from the beginning.
    pub after: (&'a str, i64),
    /// First due date that is not shown; [`Span::EVER`]: all are.
    pub until: &'a str,
    /// Lines.
    pub limit: i64,
}

impl Span<'_> {
    /// Sorts behind every date.
    pub const EVER: &'static str = "~";
}

/// What a department has to decide, by promised date; `clock` is [`RUNNING`](crate::clocks::RUNNING) or
/// [`PAUSED`](crate::clocks::PAUSED), `stage` a stage word of branches.
pub fn of_agency(agency: &str, clock: &str, stage: Option<&str>, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    match stage {
        None => query!("worklist/agency", agency, clock, on, id, until, limit),
        Some(stage) => query!("worklist/agency_stage", agency, clock, on, id, until, stage, limit),
    }
}

/// What a site has to do, by the due date of the clock of this kind.
pub fn of_site(site: &str, kind: &str, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    query!("worklist/site", site, kind, on, id, until, limit)
}

/// What a department was asked about, by the day to answer by.
pub fn asked_of(agency: &str, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    query!("worklist/agency_asked", agency, on, id, until, limit)
}

/// What is in the hands of one person of a department, by promised date.
pub fn of_staff(agency: &str, clock: &str, staff: i64, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    query!("worklist/agency_staff", agency, clock, on, id, until, staff, limit)
}

/// What is in nobody's hands of a department at this stage, by promised date.
pub fn unclaimed(agency: &str, clock: &str, stage: &str, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    query!("worklist/agency_unclaimed", agency, clock, on, id, until, stage, limit)
}

/// What a site has to do with cases of this stage, by the due date of the clock of this kind.
pub fn of_site_stage(site: &str, kind: &str, stage: &str, span: Span<'_>) -> Query<WorkRow> {
    let Span { after: (on, id), until, limit } = span;
    query!("worklist/site_stage", site, kind, on, id, until, stage, limit)
}

/// How much of a department was asked, is in this person's hands, and waits for somebody at this stage.
pub fn desk_counts(agency: &str, staff: i64, stage: &str) -> Query<DeskCounts> {
    query!("worklist/agency_desk_counts", agency, staff, stage)
}

/// How much of what is to be delivered a site has at each stage.
pub fn issuing_counts(site: &str) -> Query<IssuingCounts> {
    query!("worklist/site_stage_counts", site)
}

/// How much a department has to do; `today` as `YYYY-MM-DD`.
pub fn agency_counts(agency: &str, today: &str) -> Query<AgencyCounts> {
    query!("worklist/agency_counts", agency, today)
}

/// How much a site has to do.
pub fn site_counts(site: &str) -> Query<SiteCounts> {
    query!("worklist/site_counts", site)
}
