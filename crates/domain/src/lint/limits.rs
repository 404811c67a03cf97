//! 时限体检: promised, statutory and deferral limits against each other, and what may stop or stretch them.
//!
//! Compares lengths only; the due day of a case is `calendar`'s. Days a law fixes come from the parameters.

use super::{Finding, FindingCode};
use crate::calendar::WorkCalendar;
use crate::item::{
    DayUnit, HandlingMode, ItemKind, ItemVersion, Limit, ProcedureKind, StartEvent, StatutoryLimit,
};
use crate::law::parameters::{ParameterName, describe};

/// Words by which a basis itself says that no law sets the days.
const NO_DAYS: [&str; 5] = ["未定天数", "未定办理", "未规定", "没有规定", "无规定"];

pub(super) fn check(item: &ItemVersion, found: &mut Vec<Finding>) {
    promises(item, found);
    joint(item, found);
    statutory(item, found);
    procedures(item, found);
    correction(item, found);
    tolerance(item, found);
}

/// The days of an article in the parameters, as they stand last.
fn days_of(name: ParameterName) -> Option<u32> {
    describe(name).values.last().map(|dated| dated.value)
}

/// 联合办理期限, where the government has ordered several departments to handle a permit jointly (行政许可法
/// art. 42 para. 2).
fn joint_limit(item: &ItemVersion) -> Option<Limit> {
    let ordered = item.joint.is_some() && item.kind == ItemKind::Permit && !item.concerned.is_empty();
    let days = ordered.then(|| days_of(ParameterName::JointDays)).flatten()?;
    Some(Limit { days, unit: DayUnit::Workday })
}

/// No department may promise longer than the law allows (优化营商环境条例 art. 36): the limit of joint handling
/// where it is ordered, else the item's own.
fn promises(item: &ItemVersion, found: &mut Vec<Finding>) {
    let concerned = item.concerned.iter().map(|c| (format!("并联部门 {} 的承诺时限", c.agency), c.promised));
    let own = item.promised.map(|promised| ("承诺时限".to_owned(), promised));
    let (name, most) = match joint_limit(item) {
        Some(limit) => ("联合办理期限", Some(limit)),
        None => ("法定时限", item.statutory.as_ref().map(|statutory| statutory.limit)),
    };
    for (what, promised) in own.into_iter().chain(concerned) {
        if let Some(most) = most.filter(|most| surely_longer(promised, *most)) {
            let text = format!("{what} {}超过{name} {}。", words(promised), words(most));
            found.push(Finding::new(FindingCode::PromiseTooLong, text));
        }
    }
    if item.mode == HandlingMode::OnTheSpot && item.promised.is_some_and(|promised| promised.days > 0) {
        found.push(Finding::new(FindingCode::OnTheSpotPromise, "即办件的承诺时限不是当日。"));
    }
}

/// 联合办理 is for permits of several departments, and then the article sets the limit, not the item (行政许可法
/// art. 26 and 42).
fn joint(item: &ItemVersion, found: &mut Vec<Finding>) {
    let Some(decision) = &item.joint else { return };
    let Some(limit) = joint_limit(item) else {
        let text = match item.kind {
            ItemKind::Permit => format!("没有并联部门，不适用联合办理（{decision}）。"),
            other => format!("{}不适用联合办理（{decision}）。", other.name()),
        };
        return found.push(Finding::new(FindingCode::JointUnfounded, text));
    };
    let same = |s: &StatutoryLimit| s.limit == limit && s.start == StartEvent::Acceptance;
    if let Some(own) = item.statutory.as_ref().filter(|own| !same(own)) {
        let text = format!(
            "按{decision}联合办理的期限是自受理之日起 {}，法定时限填写的是{} {}。",
            words(limit),
            start(own.start),
            words(own.limit)
        );
        found.push(Finding::new(FindingCode::JointLimit, text));
    }
}

/// The limit stands in a law, and so does what stretches it.
fn statutory(item: &ItemVersion, found: &mut Vec<Finding>) {
    let Some(statutory) = &item.statutory else { return };
    if NO_DAYS.iter().any(|words| statutory.basis.contains(words)) {
        let text = format!("法定时限 {}的依据“{}”没有定天数。", words(statutory.limit), statutory.basis);
        found.push(Finding::new(FindingCode::LimitNotSet, text));
    }
    if let Some(extension) = statutory.extension.as_ref().filter(|e| e.basis.trim().is_empty()) {
        let text = format!("可以延长 {} 日，但没有写明依据。", extension.days);
        found.push(Finding::new(FindingCode::ExtensionWithoutBasis, text));
    }
}

/// What 行政许可法 art. 45 does not name stops the statutory clock only by a clause of its own.
fn procedures(item: &ItemVersion, found: &mut Vec<Finding>) {
    let blank = |basis: &String| basis.trim().is_empty();
    for rule in item.procedures.iter().filter(|rule| rule.suspends_by.as_ref().is_some_and(blank)) {
        let text = format!("特别程序“{}”停止法定时限的依据是空的。", rule.kind.name());
        found.push(Finding::new(FindingCode::SuspensionWithoutBasis, text));
    }
    let heard = item.procedures.iter().any(|rule| rule.kind == ProcedureKind::Hearing);
    if item.touches_others && !heard {
        let text = "直接关系他人重大利益，申请人、利害关系人有权要求听证，特别程序中没有听证。";
        found.push(Finding::new(FindingCode::HearingMissing, text));
    }
}

/// A special act may only shorten the days of art. 32 para. 1 (4): past them the case is deemed accepted.
fn correction(item: &ItemVersion, found: &mut Vec<Finding>) {
    if let (Some(days), Some(most)) = (item.correction_days, days_of(ParameterName::CorrectionDays))
        && days > most
    {
        let text = format!("补正告知期限 {days} 个工作日超过法定的 {most} 个工作日。");
        found.push(Finding::new(FindingCode::CorrectionTooLong, text));
    }
}

/// The deferral ends within the promised limit, whatever day the case begins.
fn tolerance(item: &ItemVersion, found: &mut Vec<Finding>) {
    let tolerance = item.tolerance_days.map(|days| Limit { days, unit: DayUnit::Workday });
    if let (Some(tolerance), Some(promised)) = (tolerance, item.promised) {
        let (own, other) = (words(tolerance), words(promised));
        if surely_longer(tolerance, promised) {
            let text = format!("容缺补正期限 {own}超过承诺时限 {other}。");
            found.push(Finding::new(FindingCode::ToleranceTooLong, text));
        } else if promised.unit == DayUnit::Calendar && !always_within(tolerance, promised) {
            let text = format!("容缺补正期限 {own}与承诺时限 {other}单位不同，不能比较：遇节假日会超过。");
            found.push(Finding::new(FindingCode::ToleranceIncomparable, text));
        }
    }
    if item.tolerance_days.is_none() {
        for material in item.materials.iter().filter(|m| m.deferrable) {
            let text = format!("“{}”可容缺，但没有容缺补正期限。", material.name);
            found.push(Finding::new(FindingCode::ToleranceMissing, text));
        }
    }
}

/// Longer on any calendar: as many working days never take less than as many calendar days.
fn surely_longer(limit: Limit, than: Limit) -> bool {
    limit.days > than.days && (limit.unit == than.unit || limit.unit == DayUnit::Workday)
}

/// Ends no later, from every working day of the shipped calendar on which both limits can be computed.
/// A rest day need not be tried: working days count from it as from the working day before, calendar days
/// from later. `false` when no day can be tried.
fn always_within(limit: Limit, within: Limit) -> bool {
    let calendar = WorkCalendar::shipped();
    let due = |start, limit| calendar.due(start, limit, &[]).ok().flatten().map(|due| due.on);
    let mut tried = (1..)
        .map_while(|ordinal| calendar.workday(ordinal).ok())
        .map_while(|start| Some((due(start, limit)?, due(start, within)?)))
        .peekable();
    tried.peek().is_some() && tried.all(|(ends, latest)| ends <= latest)
}

fn start(event: StartEvent) -> &'static str {
    match event {
        StartEvent::Acceptance => "自受理之日起",
        StartEvent::Receipt => "自收到申请之日起",
        StartEvent::AllMaterials => "自收到全部有效材料之日起",
    }
}

fn words(limit: Limit) -> String {
    match limit.unit {
        DayUnit::Workday => format!("{} 个工作日", limit.days),
        DayUnit::Calendar => format!("{} 个自然日", limit.days),
    }
}
