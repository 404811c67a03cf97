//! 政务服务场所与窗口: which window takes which item, and which items have moved in.
//!
//! Who sits at a window and the queue before it belong to the hall, not here.

use crate::item::ItemVersion;
use crate::time::Date;
use serde::{Deserialize, Serialize};

/// 场所类型.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SiteKind {
    /// 区政务服务中心
    District,
    /// 区级政务服务分中心
    SubCenter,
    /// 街镇便民服务中心
    Community,
}

impl SiteKind {
    /// As shown.
    pub fn name(self) -> &'static str {
        match self {
            SiteKind::District => "区政务服务中心",
            SiteKind::SubCenter => "政务服务分中心",
            SiteKind::Community => "便民服务中心",
        }
    }
}

/// 窗口类别: 无差别, 分领域 or 咨询. Issuing is a duty of a window, not a kind (ORG-2).
#[doc(alias = "无差别")]
#[doc(alias = "分领域")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WindowKind {
    /// 无差别综合窗口
    General,
    /// 分领域综合窗口, with the key of its sector
    Sector(String),
    /// 咨询窗口
    Consultation,
}

impl WindowKind {
    /// The kind an item belongs to: its sector, or general when it has none (ORG-4).
    pub fn of_item(item: &ItemVersion) -> WindowKind {
        item.sector.clone().map_or(WindowKind::General, WindowKind::Sector)
    }
}

/// 综合窗口: one window is one comprehensive-intake post (实施方案附件1第三条).
#[doc(alias = "综合窗口")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWindow {
    /// Code on the sign, unique in the site, e.g. `B07`.
    pub code: String,
    /// Floor.
    pub floor: u8,
    /// Kind.
    pub kind: WindowKind,
    /// 出件: hands results over.
    #[serde(default)]
    pub issues_results: bool,
}

/// 政务服务场所.
#[doc(alias = "政务服务中心")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Stable key, e.g. `jb`.
    pub key: String,
    /// As shown.
    pub name: String,
    /// Kind.
    pub kind: SiteKind,
    /// Letters before the number of every case received here, e.g. `JB`.
    pub letters: String,
    /// 主管单位: key of the agency that runs it.
    pub host: String,
    /// Windows, in the order of their codes.
    #[serde(default)]
    pub windows: Vec<ServiceWindow>,
}

/// 窗口设置问题: what is wrong with the windows of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SiteFault {
    /// 分中心 may have general windows only (实施方案四(一)2); the code of the window.
    SectorAtSubCenter(String),
    /// Two windows carry this code.
    SameCode(String),
    /// No window takes anything in.
    NoIntake,
    /// No window hands results over.
    NoIssuance,
}

impl std::fmt::Display for SiteFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            SiteFault::SectorAtSubCenter(code) => write!(f, "分中心只设无差别综合窗口，{code} 号窗口不是"),
            SiteFault::SameCode(code) => write!(f, "窗口编号 {code} 重复"),
            SiteFault::NoIntake => write!(f, "没有综合受理窗口"),
            SiteFault::NoIssuance => write!(f, "没有负责出件的窗口"),
        }
    }
}

impl Site {
    /// Floors that have windows, lowest first.
    pub fn floors(&self) -> Vec<u8> {
        let mut floors: Vec<u8> = self.windows.iter().map(|w| w.floor).collect();
        floors.sort_unstable();
        floors.dedup();
        floors
    }

    /// The window with this code.
    pub fn window(&self, code: &str) -> Option<&ServiceWindow> {
        self.windows.iter().find(|w| w.code == code)
    }

    /// The one kind of window that takes this item here; `None`: it cannot be taken in.
    ///
    /// District centre: the sector's windows, else general ones for items of no sector (四(一)1). Sub-centre:
    /// always general (四(一)2). Street centre: the sector's windows where it has them, else general (四(一)3).
    pub fn route(&self, item: &ItemVersion) -> Option<WindowKind> {
        let own = WindowKind::of_item(item);
        let kind = match self.kind {
            SiteKind::District => own,
            SiteKind::SubCenter => WindowKind::General,
            SiteKind::Community if self.has(&own) => own,
            SiteKind::Community => WindowKind::General,
        };
        self.has(&kind).then_some(kind)
    }

    /// Everything wrong with the windows; empty when the site may open.
    pub fn faults(&self) -> Vec<SiteFault> {
        let mut faults = Vec::new();
        for (i, window) in self.windows.iter().enumerate() {
            if self.kind == SiteKind::SubCenter && matches!(window.kind, WindowKind::Sector(_)) {
                faults.push(SiteFault::SectorAtSubCenter(window.code.clone()));
            }
            if self.windows.iter().take(i).any(|w| w.code == window.code) {
                faults.push(SiteFault::SameCode(window.code.clone()));
            }
        }
        if self.windows.iter().all(|w| w.kind == WindowKind::Consultation) {
            faults.push(SiteFault::NoIntake);
        }
        if !self.windows.iter().any(|w| w.issues_results) {
            faults.push(SiteFault::NoIssuance);
        }
        faults
    }

    fn has(&self, kind: &WindowKind) -> bool {
        self.windows.iter().any(|w| &w.kind == kind)
    }
}

/// 入驻方式: what a site does for an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EntryDuty {
    /// 接件
    Receive,
    /// 出件
    Issue,
    /// 接件和出件
    Both,
}

/// 入驻清单: one line, an item at a site from a day on (ORG-4). Once in, the department no longer receives it.
#[doc(alias = "入驻清单")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteItem {
    /// Key of the site.
    pub site: String,
    /// Key of the item.
    pub item: String,
    /// What the site does for it.
    pub duty: EntryDuty,
    /// 确定文件: the decision that moved it in.
    pub document: String,
    /// First day.
    pub from: Date,
}

impl SiteItem {
    /// The site takes the item in on this day.
    pub fn receives(&self, on: Date) -> bool {
        self.from <= on && self.duty != EntryDuty::Issue
    }

    /// The site hands out results of the item on this day.
    pub fn issues(&self, on: Date) -> bool {
        self.from <= on && self.duty != EntryDuty::Receive
    }
}

/// 未入驻清单: an item not moved in, with reason, owner and date (ORG-4).
#[doc(alias = "未入驻清单")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotMovedIn {
    /// Key of the site.
    pub site: String,
    /// Name of the item, or of the group of items.
    pub name: String,
    /// Why not.
    pub reason: String,
    /// Key of the agency that answers for it.
    pub owner: String,
    /// Day of the decision or of the next look at it.
    pub on: Date,
}
