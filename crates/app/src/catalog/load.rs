//! 默认数据入库: puts the shipped catalogue into a new database, all of it in one change.

use super::embedded::{DefaultCatalogue, default_catalogue};
use super::store::{version_row, word};
use crate::app::App;
use crate::error::AppError;
use crate::organisation::REFORM_ON;
use serde_json::json;
use yichuang_domain::digest::sm3;
use yichuang_domain::lint::blocking;
use yichuang_domain::organisation::{Site, WindowKind};
use yichuang_domain::time::Instant;
use yichuang_storage::items::{self, ItemRow, VersionRow};
use yichuang_storage::organisation as rows;
use yichuang_storage::{Act, Change, Effects, Plan, Stmt, audit, epochs, meta};

/// 装入默认数据: sites, windows, agencies, staff, authorizations, published items and their entry lists.
///
/// Meant for a database that holds none of it. Done again it does nothing; with data of another release it is
/// refused, so that what was changed since stays.
pub async fn load_default_catalogue(app: &App) -> Result<(), AppError> {
    let data = default_catalogue().map_err(|error| AppError::Form(vec![error.to_string()]))?;
    let at = Instant::at(data.published_from, 0, 0);
    let mut stmts = Vec::new();
    stmts.push(meta::put(REFORM_ON, &data.plan.reform_on.to_string()));
    organisation(&data, &mut stmts).map_err(unwritable)?;
    windows(app, at, &data.sites, &mut stmts).map_err(unwritable)?;
    publish(app, at, &data, &mut stmts)?;
    entries(&data, &mut stmts).map_err(unwritable)?;
    let counts = json!({
        "agencies": data.agencies.len(), "sites": data.sites.len(), "staff": data.staff.len(),
        "authorizations": data.authorizations.len(), "items": data.items.len(), "entries": data.entries.len(),
    });
    stmts.push(audit::insert(&audit::AuditRow {
        id: app.next_id(at),
        at: at.0,
        actor: 0,
        kind: "default_catalogue_loaded".into(),
        subject: "catalogue".into(),
        body: counts.to_string(),
    }));
    stmts.extend([epochs::ORGANISATION, epochs::CATALOGUE].into_iter().filter_map(|kind| app.moved(kind)));
    let act = Act {
        id: "default-catalogue".into(),
        actor: 0,
        kind: "load_default_catalogue",
        body_hash: fingerprint(&data).map_err(unwritable)?,
        at: at.0,
    };
    let then = move |_: &yichuang_storage::Rows| {
        Ok(Plan::effects(Effects { stmts: stmts.clone(), answer: "{}".into(), witness: None }))
    };
    app.store().commit(Change { act, key: 0, locks: Vec::new(), then: Box::new(then) }).await?;
    app.refresh().await
}

fn unwritable(error: serde_json::Error) -> AppError {
    AppError::Form(vec![format!("默认数据不能写入：{error}")])
}

/// Digest of the data, so that the same release loads once and another one is noticed.
fn fingerprint(data: &DefaultCatalogue) -> Result<String, serde_json::Error> {
    let parts = [
        serde_json::to_string(&data.agencies)?,
        serde_json::to_string(&data.sites)?,
        serde_json::to_string(&data.staff)?,
        serde_json::to_string(&data.authorizations)?,
        serde_json::to_string(&data.entries)?,
        serde_json::to_string(&data.items)?,
    ];
    Ok(sm3(&parts.each_ref().map(|part| part.as_bytes())).0)
}

fn organisation(data: &DefaultCatalogue, stmts: &mut Vec<Stmt>) -> Result<(), serde_json::Error> {
    for agency in &data.agencies {
        let body = serde_json::to_string(agency)?;
        stmts.push(rows::put_agency(&rows::AgencyRow {
            key: agency.key.clone(),
            name: agency.name.clone(),
            body,
        }));
    }
    for person in &data.staff {
        stmts.push(rows::put_staff(&rows::StaffRow {
            id: person.id.0,
            key: person.id.to_string(),
            post: word(&person.post)?,
            agency: person.agency.clone(),
            site: person.site.clone().unwrap_or_default(),
            body: serde_json::to_string(person)?,
        }));
    }
    for (id, given) in (1..).zip(&data.authorizations) {
        stmts.push(rows::put_authorization(&rows::AuthorizationRow {
            id,
            agency: given.agency.clone(),
            staff: given.staff.0,
            valid_from: given.from.to_string(),
            valid_to: given.to.to_string(),
            body: serde_json::to_string(given)?,
        }));
    }
    Ok(())
}

fn windows(app: &App, at: Instant, sites: &[Site], stmts: &mut Vec<Stmt>) -> Result<(), serde_json::Error> {
    for site in sites {
        stmts.push(rows::put_site(&rows::SiteRow {
            key: site.key.clone(),
            kind: word(&site.kind)?,
            name: site.name.clone(),
            body: serde_json::to_string(site)?,
        }));
        for window in &site.windows {
            let (kind, sector) = kind_words(&window.kind);
            stmts.push(rows::put_window(&rows::WindowRow {
                id: app.next_id(at),
                site: site.key.clone(),
                code: window.code.clone(),
                kind,
                sector,
                floor: i64::from(window.floor),
                body: serde_json::to_string(window)?,
            }));
        }
    }
    Ok(())
}

/// Kind word and sector key of a window, as the columns hold them.
fn kind_words(kind: &WindowKind) -> (String, String) {
    match kind {
        WindowKind::General => ("general".into(), String::new()),
        WindowKind::Sector(key) => ("sector".into(), key.clone()),
        WindowKind::Consultation => ("consultation".into(), String::new()),
    }
}

fn publish(app: &App, at: Instant, data: &DefaultCatalogue, stmts: &mut Vec<Stmt>) -> Result<(), AppError> {
    for item in &data.items {
        let faults: Vec<String> =
            blocking(item).iter().map(|fault| format!("{}：{fault}", item.key)).collect();
        if !faults.is_empty() {
            return Err(AppError::Form(faults));
        }
        let row = ItemRow { id: app.next_id(at), key: item.key.clone(), version: 1 };
        stmts.push(items::insert(&row));
        stmts.push(items::insert_version(&VersionRow {
            item_id: row.id,
            version: 1,
            status: "published".into(),
            valid_from: data.published_from.to_string(),
            ..version_row(app.next_id(at), item)?
        }));
    }
    Ok(())
}

fn entries(data: &DefaultCatalogue, stmts: &mut Vec<Stmt>) -> Result<(), serde_json::Error> {
    for entry in &data.entries {
        let site = data.sites.iter().find(|site| site.key == entry.site);
        let item = data.items.iter().find(|item| item.key == entry.item);
        let route = site.zip(item).and_then(|(site, item)| site.route(item));
        let (window_kind, sector) = route.as_ref().map(kind_words).unwrap_or_default();
        stmts.push(rows::put_site_item(&rows::SiteItemRow {
            site: entry.site.clone(),
            item_key: entry.item.clone(),
            duty: word(&entry.duty)?,
            window_kind,
            sector,
            body: serde_json::to_string(entry)?,
        }));
    }
    Ok(())
}
