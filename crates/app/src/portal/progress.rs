//! 办理进度: the public part of a case's timeline, and before it what the applicant must do (WATCH-1).
//!
//! No name, no number, no opinion: whoever holds the code may be a helper of the applicant's. What is said in full
//! stands in the papers.

use crate::app::App;
use crate::case::timeline;
use crate::error::AppError;
use crate::organisation::{Organisation, day, read};
use crate::versions::Version;
use std::collections::BTreeSet;
use yichuang_domain::case::limit::ClockKind;
use yichuang_domain::case::{Case, Demand, Entry, Event, Stage, Verdict};
use yichuang_domain::id::DocumentId;
use yichuang_domain::item::DayUnit;
use yichuang_domain::notice::{Issued, NoticeKind};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::clocks::{ClockRow, PAUSED, RUNNING};
use yichuang_storage::{StoreError, clocks, documents};

/// 办理进度.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// 办件编号
    pub case_no: String,
    /// 事项名称
    pub item: String,
    /// Key of the item, for its guide.
    pub key: String,
    /// Where it stands, in a word, with its colour: `g`, `r`, `a`, `b`, `n`.
    pub status: (&'static str, &'static str),
    /// What the applicant must do now.
    pub todo: Option<Todo>,
    /// Steps done, the one it is at, and those to come.
    pub steps: Vec<Step>,
    /// Deciding agency, and where it was taken in.
    pub agency: String,
    /// 收件场所
    pub site: String,
    /// Papers to be read, oldest first.
    pub papers: Vec<Paper>,
    /// The result is delivered and no rating given.
    pub may_rate: bool,
}

/// 申请人要做的事.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Todo {
    /// In a line.
    pub title: String,
    /// One by one: what, and how it must be.
    pub lines: Vec<(String, String)>,
    /// Last day.
    pub until: Option<Date>,
    /// How.
    pub how: &'static str,
}

/// 办理步骤.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What.
    pub title: String,
    /// When it was done.
    pub at: Option<Instant>,
    /// Where, or when it is to be expected.
    pub note: String,
    /// It is here now.
    pub current: bool,
}

/// 可下载的文书.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    /// Id.
    pub id: DocumentId,
    /// Place among all documents of the case, from 1: its name in an address.
    pub nth: usize,
    /// As on its first line.
    pub title: String,
    /// 文号
    pub number: String,
    /// Day it was numbered.
    pub on: Date,
}

/// 办理进度 of a case that was opened by its code.
pub async fn progress(app: &App, case: &Case) -> Result<Progress, AppError> {
    let version = app.version(case.item).await?;
    let entries = timeline(app, case.id).await?;
    let clocks = app.store().all(clocks::of_case(case.id.0)).await?;
    let organisation = app.organisation();
    let view = View { case, version: &version, organisation: &organisation, clocks: &clocks };
    let agency = view.agency(&case.agency);
    let site = organisation.sites.get(&case.site).map(|site| site.name.clone()).unwrap_or_default();
    Ok(Progress {
        case_no: case.case_no.clone(),
        item: version.item.name.clone(),
        key: version.item.key.clone(),
        status: view.status(),
        todo: view.todo()?,
        steps: view.steps(&entries)?,
        papers: papers(app, case).await?,
        may_rate: matches!(case.stage, Stage::Delivered { .. }),
        agency,
        site,
    })
}

/// Papers for the applicant: those that hold, and are not for others who are told of the case.
async fn papers(app: &App, case: &Case) -> Result<Vec<Paper>, AppError> {
    let for_others =
        [NoticeKind::InterestedPartyNotice, NoticeKind::HearingNotice, NoticeKind::DeliveryReceipt];
    let decided = matches!(case.stage, Stage::Delivered { .. } | Stage::Ended { .. });
    let mut papers = Vec::new();
    for (nth, row) in (1..).zip(app.store().all(documents::of_case(case.id.0)).await?) {
        let known = case.document(&row.number).filter(|known| !for_others.contains(&known.kind));
        // A decision is read here once it is delivered: its day of delivery counts.
        if known.is_some_and(|known| decided || !known.kind.is_decision()) {
            let data: serde_json::Value = read(&row.data)?;
            let title = data["title"].as_str().unwrap_or_default().to_owned();
            papers.push(Paper {
                id: DocumentId(row.id),
                nth,
                title,
                number: row.number,
                on: Instant(row.at).date(),
            });
        }
    }
    Ok(papers)
}

struct View<'a> {
    case: &'a Case,
    version: &'a Version,
    organisation: &'a Organisation,
    clocks: &'a [ClockRow],
}

impl View<'_> {
    fn agency(&self, key: &str) -> String {
        self.organisation.agencies.get(key).map_or_else(|| key.to_owned(), |agency| agency.name.clone())
    }

    /// The last day of this kind over the branches; `None` while one of them is paused.
    fn until(&self, kind: ClockKind) -> Result<Option<Date>, StoreError> {
        let of_kind = || self.clocks.iter().filter(|clock| clock.kind == kind.name());
        if of_kind().any(|clock| clock.state == PAUSED) {
            return Ok(None);
        }
        let days = of_kind().filter(|clock| clock.state == RUNNING).map(|clock| day(&clock.due_on));
        Ok(days.collect::<Result<Vec<_>, _>>()?.into_iter().max())
    }

    fn paused(&self) -> bool {
        self.clocks.iter().any(|clock| clock.state == PAUSED)
    }

    fn status(&self) -> (&'static str, &'static str) {
        match &self.case.stage {
            Stage::Received | Stage::RefusalProposed { .. } => ("已收件，正在看材料", "b"),
            Stage::CorrectionRequested { outstanding } if outstanding.is_empty() => ("材料已补，正在看", "b"),
            Stage::CorrectionRequested { .. } => ("等您补材料", "a"),
            Stage::InApproval { .. } if self.paused() => ("特别程序进行中", "b"),
            Stage::InApproval { .. } => ("审批中", "b"),
            Stage::Decided(_) | Stage::HandedOver(_) => ("已作出决定，正在出件", "b"),
            Stage::Checked(_) => ("可以领取", "g"),
            Stage::Delivered { .. } => ("已送达", "g"),
            Stage::Ended { ending, .. } => (ending.title(), "n"),
        }
    }

    fn material(&self, id: &str) -> (String, String) {
        match self.version.item.material(id) {
            Some(material) => (material.name.clone(), material.standard.clone()),
            None => (id.to_owned(), String::new()),
        }
    }

    fn demand(&self, demand: &Demand) -> (String, String) {
        match demand {
            Demand::Material(id) => self.material(id),
            Demand::Point(id) => {
                let point = self.version.item.review_points.iter().find(|point| &point.id == id);
                let of = point.and_then(|point| point.material.as_deref()).map(|id| self.material(id).0);
                let text = point.map(|point| point.text.clone()).unwrap_or_default();
                (of.unwrap_or_else(|| "申请内容".into()), format!("要改到：{text}"))
            }
        }
    }

    /// What is to be corrected; a material and the points of it are one line.
    fn demands<'d>(&self, outstanding: impl IntoIterator<Item = &'d Demand>) -> Vec<(String, String)> {
        let mut lines: Vec<(String, String)> = Vec::new();
        for (what, how) in outstanding.into_iter().map(|demand| self.demand(demand)) {
            match lines.iter_mut().find(|line| line.0 == what) {
                Some(line) if line.1.is_empty() => line.1 = how,
                Some(line) => line.1 = format!("{}；{how}", line.1),
                None => lines.push((what, how)),
            }
        }
        lines
    }

    fn todo(&self) -> Result<Option<Todo>, StoreError> {
        const BRING: &str = "送到任一综合窗口，或者邮寄到窗口。没有列出的，窗口不再要。";
        let deferred = self.case.deferral.as_ref().filter(|deferral| !deferral.outstanding.is_empty());
        Ok(match &self.case.stage {
            Stage::CorrectionRequested { outstanding } if !outstanding.is_empty() => {
                let lines = self.demands(outstanding);
                let title = format!("补正 {} 处", lines.len());
                Some(Todo { title, lines, until: self.until(ClockKind::Supplement)?, how: BRING })
            }
            Stage::Ended { .. } => None,
            _ if deferred.is_some() => deferred
                .map(|deferral| deferral.outstanding.clone())
                .map(|missing| {
                    let lines: Vec<_> = missing.iter().map(|id| self.material(id)).collect();
                    Ok::<_, StoreError>(Todo {
                        title: format!("补交容缺材料 {} 份", lines.len()),
                        lines,
                        until: self.until(ClockKind::Deferral)?,
                        how: BRING,
                    })
                })
                .transpose()?,
            Stage::Checked(decision) => Some(Todo {
                title: "来领取办理结果".into(),
                lines: vec![match decision.verdict {
                    Verdict::Approved => (
                        self.version.item.result.name.clone(),
                        "本人带身份证件；代领的，带委托书和双方身份证件".into(),
                    ),
                    Verdict::Denied => ("决定书".into(), "带身份证件领取，理由和救济途径写在决定书里".into()),
                }],
                until: self.until(ClockKind::Delivery)?,
                how: "到出件窗口领取；也可以请窗口邮寄。",
            }),
            _ => None,
        })
    }

    fn steps(&self, entries: &[Entry]) -> Result<Vec<Step>, StoreError> {
        let mut steps: Vec<Step> = entries.iter().filter_map(|entry| self.done(entry)).collect();
        steps.extend(self.to_come()?);
        Ok(steps)
    }

    /// What of an entry the applicant is shown; the rest is work between departments.
    fn done(&self, entry: &Entry) -> Option<Step> {
        let title = match &entry.event {
            Event::CaseReceived(_) => "收到您的申请".to_owned(),
            Event::ReceiptAmended { .. } => "更正收件登记".into(),
            Event::CorrectionRequested { .. } => "请您补正，一次说清".into(),
            Event::SupplementSubmitted(_) => "收到补正材料".into(),
            Event::CaseAccepted { deemed: true, .. } => "逾期未告知补正，自收到申请之日起视为受理".into(),
            Event::CaseAccepted { .. } => "受理".into(),
            Event::CaseAcceptedWithDeferral { .. } => "容缺受理，材料可以后补".into(),
            Event::DeferredMaterialsSubmitted(_) => "收到容缺材料".into(),
            Event::CaseRefused { .. } => "不予受理".into(),
            Event::ConvertedToWithinLimit { .. } => "不能当场办结，转为限时办理".into(),
            Event::SpecialProcedureStarted { kind, expected_days, .. } => {
                format!("{}，预计 {expected_days} 日，不计入办理时间", kind.name())
            }
            Event::SpecialProcedureEnded { kind, .. } => format!("{}结束，继续计时", kind.name()),
            Event::LimitExtended { days, .. } => format!("延长办理期限 {days} 个工作日"),
            Event::CaseDecided { verdict: Verdict::Approved, .. } => "作出决定：准予".into(),
            Event::CaseDecided { verdict: Verdict::Denied, .. } => "作出决定：不予许可".into(),
            Event::DocumentReissued { .. } => "文书更正后重新出具".into(),
            Event::ResultChecked => "结果送到出件窗口".into(),
            Event::ResultDelivered { .. } => "办理结果送达".into(),
            Event::DeliveryReturned { .. } => "邮件退回，结果在窗口等您领取".into(),
            Event::CaseConcluded { .. } => "办结".into(),
            Event::CaseWithdrawn { deemed: true, .. } => "容缺材料逾期未补，视为撤回申请".into(),
            Event::CaseWithdrawn { .. } => "撤回申请".into(),
            Event::CaseReturned { .. } => "逾期未补正，退回申请".into(),
            Event::CaseAnnulled { .. } => "作废".into(),
            Event::CaseTransferredUpward { organ, .. } => format!("转报{organ}"),
            _ => return None,
        };
        let staff = entry.by.staff();
        let window = staff.and_then(|staff| staff.window.as_deref()).map(|code| format!("{code} 窗口"));
        let agency = staff.and_then(|staff| staff.agency.as_deref()).map(|key| self.agency(key));
        let papers: Vec<&str> = entry
            .issued
            .iter()
            .filter_map(|issued| match issued {
                Issued::Notice { kind, .. } => Some(kind.title(self.version.item.kind)),
                _ => None,
            })
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect();
        let note: Vec<String> =
            window.or(agency).into_iter().chain((!papers.is_empty()).then(|| papers.join("、"))).collect();
        Some(Step { title, at: Some(entry.at), note: note.join("，"), current: false })
    }

    /// The step it is at, and those that follow.
    fn to_come(&self) -> Result<Vec<Step>, StoreError> {
        let item = &self.version.item;
        let step = |title: &str, note: String, current| Step { title: title.into(), at: None, note, current };
        let by = |until: Option<Date>| match until {
            Some(on) => format!("最晚 {} 月 {} 日", on.month(), on.day()),
            None if self.paused() => "特别程序结束后继续".into(),
            None => String::new(),
        };
        let promised = item.promised.map_or_else(String::new, |limit| {
            let unit = if limit.unit == DayUnit::Workday { "个工作日" } else { "日" };
            if limit.days == 0 {
                "当场办结".into()
            } else {
                format!("受理后 {} {unit}内", limit.days)
            }
        });
        let (check, accept, decide) = ("看材料", "受理", "部门审查并作出决定");
        let (hand, deliver) = ("结果送到出件窗口", "把结果给您");
        let after = |from: usize, note: String| {
            [
                (check, String::new()),
                (accept, "材料齐全当场受理".into()),
                (decide, promised.clone()),
                (hand, String::new()),
                (deliver, String::new()),
            ]
            .into_iter()
            .enumerate()
            .skip(from)
            .map(|(at, (title, own))| match at == from {
                true => step(title, note.clone(), true),
                false => step(title, own, false),
            })
            .collect::<Vec<_>>()
        };
        Ok(match &self.case.stage {
            Stage::Received | Stage::RefusalProposed { .. } => {
                after(0, by(self.until(ClockKind::Correction)?))
            }
            Stage::CorrectionRequested { outstanding } if outstanding.is_empty() => {
                after(0, by(self.until(ClockKind::Correction)?))
            }
            Stage::CorrectionRequested { .. } => {
                let mut steps = vec![step("等您补正", "补齐之前不算办理时间".into(), true)];
                steps.extend(after(1, String::new()).into_iter().map(|step| Step { current: false, ..step }));
                steps
            }
            Stage::InApproval { .. } => after(2, by(self.until(ClockKind::Promised)?)),
            Stage::Decided(_) | Stage::HandedOver(_) => after(3, by(self.until(ClockKind::Delivery)?)),
            Stage::Checked(_) => after(4, by(self.until(ClockKind::Delivery)?)),
            Stage::Delivered { .. } => vec![step("请您评价", by(self.until(ClockKind::Rating)?), true)],
            Stage::Ended { .. } => Vec::new(),
        })
    }
}
