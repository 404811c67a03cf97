//! 事项归口 (ORG-4): every published item belongs to one kind of window; the report that proves it and
//! holds the plan's figures against the actual ones.
//!
//! The plan's figures are data (`catalog/plan.toml`), each with the line it comes from; none stands here.

use super::site::{Site, WindowKind};
use crate::item::ItemVersion;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// 所定数: a number of the plan and where it is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFigure {
    /// The number.
    pub value: i64,
    /// Clause and words of the plan.
    pub source: String,
}

/// 所定窗口: windows of one kind that the plan puts on one floor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedWindows {
    /// Floor.
    pub floor: u8,
    /// Kind.
    pub kind: WindowKind,
    /// How many.
    pub count: i64,
    /// Clause of the plan.
    pub source: String,
}

/// 实施方案所定数: what the plan says about windows and items (附件1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanFigures {
    /// Title of the plan.
    pub title: String,
    /// Key of the site it speaks of.
    pub site: String,
    /// From this day on nobody on an establishment holds a front post (附件1四(二)).
    pub reform_on: Date,
    /// Former department counters whose items were merged into the general windows.
    pub former_counters: Vec<String>,
    /// Windows before the reform.
    pub windows_before: PlanFigure,
    /// Windows after it.
    pub windows_after: PlanFigure,
    /// General windows.
    pub general_windows: PlanFigure,
    /// Sector windows.
    pub sector_windows: PlanFigure,
    /// Items taken in at general windows.
    pub general_items: PlanFigure,
    /// Items moved there from the former counters; a part of `general_items` (the plan does not say so; read that way).
    pub moved_items: PlanFigure,
    /// Windows floor by floor.
    pub windows: Vec<PlannedWindows>,
}

/// 对照: a planned number beside the actual one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Compared {
    /// What the plan says.
    pub plan: i64,
    /// What there is.
    pub actual: i64,
    /// `actual - plan`: below zero, something is missing.
    pub gap: i64,
    /// Where the plan says so.
    pub source: String,
}

impl Compared {
    fn new(plan: &PlanFigure, actual: usize) -> Compared {
        Compared::of(plan.value, actual, &plan.source)
    }

    fn of(plan: i64, actual: usize, source: &str) -> Compared {
        let actual = i64::try_from(actual).unwrap_or(i64::MAX);
        Compared { plan, actual, gap: actual - plan, source: source.to_owned() }
    }
}

/// 窗口类别行: items and windows of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindRow {
    /// Kind.
    pub kind: WindowKind,
    /// Windows of this kind at the site.
    pub windows: usize,
    /// Items that belong to it.
    pub items: usize,
}

/// 未归口事项: an item no window of the site takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnroutedItem {
    /// Key.
    pub key: String,
    /// Name.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// 并入事项行: items that came from one former department counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterRow {
    /// Name of the former counter.
    pub counter: String,
    /// Items that came from it.
    pub items: usize,
}

/// 楼层行: windows of one kind on one floor, planned and actual.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FloorRow {
    /// Floor.
    pub floor: u8,
    /// Kind.
    pub kind: WindowKind,
    /// Planned and actual number.
    pub windows: Compared,
}

/// 事项归口报告 (ORG-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoutingReport {
    /// Key of the site.
    pub site: String,
    /// Items looked at.
    pub items: usize,
    /// Items and windows by kind.
    pub by_kind: Vec<KindRow>,
    /// Items that no window takes; must be empty.
    pub unrouted: Vec<UnroutedItem>,
    /// Items by former counter.
    pub moved_from: Vec<CounterRow>,
    /// Items moved from the former counters.
    pub moved_items: Compared,
    /// Items of the general windows.
    pub general_items: Compared,
    /// Windows by floor and kind.
    pub floors: Vec<FloorRow>,
    /// General windows.
    pub general_windows: Compared,
    /// Sector windows.
    pub sector_windows: Compared,
    /// All windows.
    pub windows: Compared,
    /// Windows before the reform.
    pub windows_before: PlanFigure,
}

/// Routes every item at the site and compares with the plan.
pub fn routing_report(items: &[ItemVersion], site: &Site, plan: &PlanFigures) -> RoutingReport {
    let mut kinds: Vec<WindowKind> = site.windows.iter().map(|w| w.kind.clone()).collect();
    kinds.sort();
    kinds.dedup();
    let routes: Vec<Option<WindowKind>> = items.iter().map(|item| site.route(item)).collect();
    let items_of = |kind: &WindowKind| routes.iter().flatten().filter(|k| *k == kind).count();
    let windows_of = |kind: &WindowKind| site.windows.iter().filter(|w| &w.kind == kind).count();
    let sector_windows = site.windows.iter().filter(|w| matches!(w.kind, WindowKind::Sector(_))).count();
    let moved_from: Vec<CounterRow> = plan.former_counters.iter().map(|c| counter_row(c, items)).collect();
    let moved = moved_from.iter().map(|row| row.items).sum();
    RoutingReport {
        site: site.key.clone(),
        items: items.len(),
        unrouted: items.iter().zip(&routes).filter(|(_, r)| r.is_none()).map(|(i, _)| unrouted(i)).collect(),
        moved_from,
        moved_items: Compared::new(&plan.moved_items, moved),
        general_items: Compared::new(&plan.general_items, items_of(&WindowKind::General)),
        floors: floors(site, plan),
        general_windows: Compared::new(&plan.general_windows, windows_of(&WindowKind::General)),
        sector_windows: Compared::new(&plan.sector_windows, sector_windows),
        windows: Compared::new(&plan.windows_after, windows_of(&WindowKind::General) + sector_windows),
        windows_before: plan.windows_before.clone(),
        by_kind: kinds
            .into_iter()
            .map(|kind| KindRow { windows: windows_of(&kind), items: items_of(&kind), kind })
            .collect(),
    }
}

fn counter_row(counter: &str, items: &[ItemVersion]) -> CounterRow {
    let count = items.iter().filter(|i| i.moved_from.as_deref() == Some(counter)).count();
    CounterRow { counter: counter.to_owned(), items: count }
}

fn unrouted(item: &ItemVersion) -> UnroutedItem {
    let sector = item.sector.as_deref().unwrap_or_default();
    let reason = match sector {
        "" => "本场所没有无差别综合窗口".to_owned(),
        _ => format!("本场所没有“{sector}”领域的综合窗口"),
    };
    UnroutedItem { key: item.key.clone(), name: item.name.clone(), reason }
}

/// Planned windows floor by floor, then the windows the plan does not know.
fn floors(site: &Site, plan: &PlanFigures) -> Vec<FloorRow> {
    let count = |floor: u8, kind: &WindowKind| {
        site.windows.iter().filter(|w| w.floor == floor && &w.kind == kind).count()
    };
    let mut rows: Vec<FloorRow> = Vec::new();
    for planned in &plan.windows {
        let windows = Compared::of(planned.count, count(planned.floor, &planned.kind), &planned.source);
        rows.push(FloorRow { floor: planned.floor, kind: planned.kind.clone(), windows });
    }
    for window in &site.windows {
        if !rows.iter().any(|row| row.floor == window.floor && row.kind == window.kind) {
            let windows = Compared::of(0, count(window.floor, &window.kind), "方案未列");
            rows.push(FloorRow { floor: window.floor, kind: window.kind.clone(), windows });
        }
    }
    rows
}
