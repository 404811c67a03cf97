//! The frame around every desk: top bar, menu with counts, demo banner. What a post may not ask for is not offered.

use crate::Server;
use crate::error::PageError;
use crate::guard::Guest;
use std::borrow::Cow;
use yichuang_app::access::permit;
use yichuang_app::worklist::{self, Count, List};
use yichuang_app::{catalog, questions};
use yichuang_domain::identity::mask;
use yichuang_domain::permission::{Action, Post};

/// 页面框架.
pub struct Frame {
    pub site: String,
    pub place: &'static str,
    pub who: String,
    pub demo: bool,
    pub today: String,
    pub menu: Vec<Group>,
}

/// 菜单的一组.
pub struct Group {
    pub title: &'static str,
    pub entries: Vec<Entry>,
}

/// 菜单的一项.
pub struct Entry {
    pub title: &'static str,
    pub href: String,
    pub count: Option<String>,
    pub tone: &'static str,
    pub current: bool,
}

/// The lists of an approver's desk, in the order of its tabs: word in the address and title.
pub const LISTS: [(List, &str, &str); 11] = [
    (List::Open, "open", "全部在办"),
    (List::Unclaimed, "unclaimed", "待认领"),
    (List::Mine, "mine", "我承办"),
    (List::Covered, "covered", "代岗"),
    (List::Asked, "asked", "征询意见"),
    (List::ToExamine, "examine", "待审查"),
    (List::ToReview, "review", "待审核"),
    (List::ToDecide, "decide", "待审批"),
    (List::Overdue, "overdue", "已超承诺"),
    (List::DueToday, "today", "今日到期"),
    (List::Paused, "paused", "特别程序"),
];

/// The lists of an issuing desk, in the order of its tabs.
pub const ISSUING: [(List, &str, &str); 4] = [
    (List::ToCheck, "check", "待签收核对"),
    (List::ToHandOut, "hand-out", "待领取"),
    (List::AtDepartment, "department", "待部门移交"),
    (List::ToRate, "rate", "待评价"),
];

/// What the page a post begins with is called.
pub fn title_of(home: &str) -> &'static str {
    match home {
        "/desk" => "待办工作台",
        "/issuing" => "出件工作台",
        "/items" => "事项清单",
        _ => "办件查询",
    }
}

/// Where a post begins.
pub fn home(post: Post) -> &'static str {
    let first = [
        (Action::WorkList, "/desk"),
        (Action::TakeIn, "/intake"),
        (Action::Issue, "/issuing"),
        (Action::ReadCase, "/cases"),
        (Action::ReadItems, "/items"),
        (Action::SystemState, "/system"),
        (Action::Accounts, "/accounts"),
        (Action::AuditTrail, "/audit"),
    ];
    first.into_iter().find(|(action, _)| action.scope(post).is_some()).map_or("/password", |(_, at)| at)
}

impl Frame {
    /// The frame for this guest; `current` is the address of the page as the menu has it.
    pub async fn of(
        server: &Server,
        guest: &Guest,
        place: &'static str,
        current: &str,
    ) -> Result<Frame, PageError> {
        Frame::counted(server, guest, place, current, None).await
    }

    /// The same where the page has counted already.
    pub async fn counted(
        server: &Server,
        guest: &Guest,
        place: &'static str,
        current: &str,
        known: Option<&Counts>,
    ) -> Result<Frame, PageError> {
        let organisation = server.app.organisation();
        let viewer = &guest.0;
        let staff = viewer.actor.staff();
        let agency = staff.and_then(|staff| organisation.agencies.get(staff.agency.as_ref()?));
        let site = staff.and_then(|staff| organisation.sites.get(staff.site.as_ref()?));
        let window = staff.and_then(|staff| staff.window.as_deref());
        let at = match (site, agency) {
            (Some(site), _) => format!("{} {}", site.name, window.unwrap_or_default()),
            (None, Some(agency)) => agency.name.clone(),
            (None, None) => String::new(),
        };
        let who = format!(
            "{}　{}（{} · {}）",
            at.trim(),
            mask::name(&viewer.name),
            viewer.account,
            viewer.post.name()
        );
        Ok(Frame {
            site: centre(server),
            place,
            who,
            demo: server.demo,
            today: server.clock.now().date().to_string(),
            menu: menu(server, guest, current, known).await?,
        })
    }
}

/// Name of the centre: the site with most windows.
pub fn centre(server: &Server) -> String {
    let organisation = server.app.organisation();
    let largest = organisation.sites.values().max_by_key(|site| site.windows.len());
    largest.map_or_else(|| "政务服务中心".to_owned(), |site| site.name.clone())
}

/// The lists of a scope with their counts.
pub type Counts = Vec<(List, Count)>;

async fn counts<'a>(
    server: &Server,
    guest: &Guest,
    known: Option<&'a Counts>,
) -> Result<Cow<'a, Counts>, PageError> {
    Ok(match known {
        Some(known) => Cow::Borrowed(known),
        None => Cow::Owned(worklist::counts(&server.app, &guest.reading(server)?).await?),
    })
}

async fn menu(
    server: &Server,
    guest: &Guest,
    current: &str,
    known: Option<&Counts>,
) -> Result<Vec<Group>, PageError> {
    let may = |action| permit(&guest.0.actor, action).is_ok();
    let entry = |title, href: &str| Entry {
        title,
        href: href.to_owned(),
        count: None,
        tone: "n",
        current: href == current,
    };
    let mut groups = Vec::new();
    let mut cases = Vec::new();
    if may(Action::WorkList) {
        let counts = counts(server, guest, known).await?;
        cases.push(entry("待办工作台", "/desk"));
        for (list, word, title) in LISTS.into_iter().skip(1) {
            let count = counts.iter().find(|(counted, _)| *counted == list).map(|(_, count)| *count);
            let tone = match list {
                _ if count.is_none_or(|count| count.is_nothing()) => "n",
                List::Overdue => "r",
                List::DueToday => "o",
                List::Paused | List::Mine => "n",
                List::Asked => "a",
                _ => "b",
            };
            let count = count.map(|count| count.to_string());
            cases.push(Entry { count, tone, ..entry(title, &format!("/desk?list={word}")) });
        }
    }
    if may(Action::AnswerQuestion) {
        let count = questions::waiting(&server.app, &guest.reading(server)?).await?;
        let tone = if count.is_nothing() { "n" } else { "a" };
        cases.push(Entry { count: Some(count.to_string()), tone, ..entry("窗口咨询", "/questions") });
    }
    if may(Action::TakeIn) {
        cases.push(entry("窗口受理", "/intake"));
        let counts = counts(server, guest, known).await?;
        for (list, word, title) in super::intake::LISTS {
            let count = counts.iter().find(|(counted, _)| *counted == list).map(|(_, count)| *count);
            let tone = match list {
                _ if count.is_none_or(|count| count.is_nothing()) => "n",
                List::ToAccept => "b",
                _ => "a",
            };
            let count = count.map(|count| count.to_string());
            cases.push(Entry { count, tone, ..entry(title, &format!("/intake/cases?list={word}")) });
        }
    }
    if may(Action::Issue) {
        groups.push(Group { title: "出件", entries: issuing(server, guest, current, known).await? });
    }
    if may(Action::Ledger) && !may(Action::Issue) {
        cases.push(entry("出件台账", "/ledger"));
    }
    if may(Action::ReadCase) {
        cases.push(entry("办件查询", "/cases"));
    }
    if may(Action::ReadAnswers) {
        cases.push(entry("事项问答", "/answers"));
    }
    if !cases.is_empty() {
        groups.push(Group { title: "办件", entries: cases });
    }
    if may(Action::Cover) {
        groups.push(Group { title: "本部门", entries: vec![entry("代岗登记", "/covers")] });
    }
    if may(Action::ReadItems) {
        groups.push(Group { title: "事项", entries: items(server, guest, current).await? });
    }
    let administration = [
        (Action::Evaluators, "评价器", "/evaluators"),
        (Action::SystemState, "系统状态", "/system"),
        (Action::Accounts, "账号管理", "/accounts"),
        (Action::AuditTrail, "操作留痕", "/audit"),
    ];
    let entries: Vec<Entry> = administration
        .into_iter()
        .filter(|(action, _, _)| may(*action))
        .map(|(_, title, href)| entry(title, href))
        .collect();
    if !entries.is_empty() {
        groups.push(Group { title: "管理", entries });
    }
    Ok(groups)
}

async fn issuing(
    server: &Server,
    guest: &Guest,
    current: &str,
    known: Option<&Counts>,
) -> Result<Vec<Entry>, PageError> {
    let counts = counts(server, guest, known).await?;
    let mut entries: Vec<Entry> = ISSUING
        .into_iter()
        .map(|(list, word, title)| {
            let count = counts.iter().find(|(counted, _)| *counted == list).map(|(_, count)| *count);
            let waits = list == List::ToCheck && count.is_some_and(|count| !count.is_nothing());
            let href = format!("/issuing?list={word}");
            let tone = if waits { "b" } else { "n" };
            Entry { title, current: href == current, href, count: count.map(|count| count.to_string()), tone }
        })
        .collect();
    let href = "/ledger".to_owned();
    entries.push(Entry { title: "出件台账", current: href == current, href, count: None, tone: "n" });
    Ok(entries)
}

/// The list of items, and what of it waits for whoever revises or reviews.
async fn items(server: &Server, guest: &Guest, current: &str) -> Result<Vec<Entry>, PageError> {
    let entry = |title, href: &str, count: Option<Count>, tone| Entry {
        title,
        current: href == current,
        href: href.to_owned(),
        count: count.map(|count| count.to_string()),
        tone,
    };
    let mut entries = vec![entry("事项清单", "/items", None, "n")];
    if let Some(count) = catalog::waiting(&server.app, &guest.reading(server)?).await? {
        let tone = if count.is_nothing() { "n" } else { "a" };
        entries.push(match permit(&guest.0.actor, Action::PublishItem) {
            Ok(_) => entry("修订审查", "/items?status=submitted", Some(count), tone),
            Err(_) => entry("修订中", "/items?status=revising", Some(count), tone),
        });
    }
    Ok(entries)
}
