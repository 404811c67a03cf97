//! 演示账号: one account for every member of staff of a demo database, marked, with one password for all.
//!
//! Only a database that `demo` made gets them: no other has an account whose password is in the program.

use super::accounts::{commit_new, fresh};
use super::{is_demo, password};
use crate::app::App;
use crate::error::AppError;
use serde::Serialize;
use std::collections::BTreeMap;
use yichuang_domain::id::StaffId;
use yichuang_domain::organisation::{StaffMember, WindowKind};
use yichuang_domain::permission::Post;
use yichuang_domain::time::Instant;
use yichuang_storage::{accounts as rows, sessions};

/// The password of every demo account.
pub const PASSWORD: &str = "Yichuang@2026";

/// 演示账号.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DemoAccount {
    /// Post, e.g. `intake`.
    pub role: Post,
    /// Name of the account.
    pub account: String,
    /// Password.
    pub password: &'static str,
    /// Key of the site; empty for posts of an agency alone.
    pub site: String,
    /// Code of the window the person sits at; empty for others.
    pub window: String,
    /// `general`, `consultation`, or the key of the window's sector; empty where there is no window.
    pub kind: String,
    /// 岗位 and where, for people.
    #[serde(skip)]
    pub title: String,
}

/// Opens the accounts of a demo database; nothing where they are open already.
pub async fn open_accounts(app: &App, at: Instant) -> Result<(), AppError> {
    if !is_demo(app).await? || !app.store().all(rows::page("", 1)).await?.is_empty() {
        return Ok(());
    }
    let hash = password::hash(PASSWORD).await?;
    let organisation = app.organisation();
    let accounts = organisation.staff.keys().map(|id| fresh(&id.to_string(), *id, hash.clone(), true));
    commit_new(app, 0, at, "demo/accounts".into(), accounts.collect()).await
}

/// Every demo account, in the order of posts.
pub async fn accounts(app: &App) -> Result<Vec<DemoAccount>, AppError> {
    let organisation = app.organisation();
    let mut windows = BTreeMap::new();
    for site in organisation.sites.keys() {
        for session in app.store().all(sessions::open_at(site)).await? {
            windows.insert(session.staff, session.code);
        }
    }
    let mut staff: Vec<&StaffMember> = organisation.staff.values().collect();
    staff.sort_by_key(|member| (member.post, member.id));
    let listed = staff.into_iter().map(|member| {
        let site = member.site.as_ref().and_then(|key| organisation.sites.get(key));
        let code = windows.get(&member.id.0).cloned().unwrap_or_default();
        let kind = site.and_then(|site| site.window(&code)).map(|window| match &window.kind {
            WindowKind::General => "general".to_owned(),
            WindowKind::Sector(key) => key.clone(),
            WindowKind::Consultation => "consultation".to_owned(),
        });
        let agency = organisation.agencies.get(&member.agency).map(|agency| agency.name.as_str());
        let place = match &site {
            Some(site) if !code.is_empty() => format!("{} {code} 窗口", site.name),
            Some(site) => site.name.clone(),
            None => agency.unwrap_or_default().to_owned(),
        };
        DemoAccount {
            role: member.post,
            account: member.id.to_string(),
            password: PASSWORD,
            site: member.site.clone().unwrap_or_default(),
            window: code,
            kind: kind.unwrap_or_default(),
            title: format!("{}（{place}）", member.post.name()),
        }
    });
    Ok(listed.collect())
}

/// One account for each post, of whom the role picker shows: at the lead agency where there is a choice.
pub async fn roles(app: &App) -> Result<Vec<DemoAccount>, AppError> {
    let organisation = app.organisation();
    let mut found: Vec<DemoAccount> = Vec::new();
    for account in accounts(app).await? {
        let of = |account: &DemoAccount| {
            let id = account.account.parse().map(StaffId).unwrap_or_default();
            organisation.staff.get(&id).is_some_and(|member| member.agency == LEAD)
        };
        match found.last_mut().filter(|last| last.role == account.role) {
            Some(last) if !of(last) && of(&account) => *last = account,
            Some(_) => {}
            None => found.push(account),
        }
    }
    Ok(found)
}

/// Key of the agency whose people the picker shows: it decides most cases of the demo.
const LEAD: &str = "scjgj";
