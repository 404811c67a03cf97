//! 部门、场所、窗口、人员、授权、入驻事项: plain rows; whoever changes one adds an [`audit`](crate::audit) row.
//!
//! Each is a key, the columns lists are filtered by, and a JSON body. `put_*` writes the row, new or not.

use crate::change::Lock;
use crate::value::{Query, Stmt, query, record, stmt};

record! {
    /// 部门
    AgencyRow {
        /// Key.
        key: text,
        /// Name.
        name: text,
        /// The rest as JSON.
        body: text,
    }
}

record! {
    /// 政务服务场所
    SiteRow {
        /// Key.
        key: text,
        /// Kind word.
        kind: text,
        /// Name.
        name: text,
        /// The rest as JSON.
        body: text,
    }
}

record! {
    /// 窗口
    WindowRow {
        /// Id.
        id: int,
        /// Key of the site.
        site: text,
        /// Number on the window, unique in the site.
        code: text,
        /// Kind word.
        kind: text,
        /// Key of the sector; empty: general.
        sector: text,
        /// Floor.
        floor: int,
        /// The rest as JSON.
        body: text,
    }
}

record! {
    /// 工作人员
    StaffRow {
        /// Id.
        id: int,
        /// 工号, unique.
        key: text,
        /// Word of the post.
        post: text,
        /// Key of the agency; empty if none.
        agency: text,
        /// Key of the site; empty if none.
        site: text,
        /// The rest as JSON.
        body: text,
    }
}

record! {
    /// 首席代表授权
    AuthorizationRow {
        /// Id.
        id: int,
        /// Key of the agency.
        agency: text,
        /// Staff id of the chief representative.
        staff: int,
        /// First day.
        valid_from: text,
        /// Last day, inclusive; empty: no end.
        valid_to: text,
        /// The rest as JSON.
        body: text,
    }
}

record! {
    /// 入驻事项: an item a site offers, and at which windows.
    SiteItemRow {
        /// Key of the site.
        site: text,
        /// Key of the item.
        item_key: text,
        /// `receive`, `issue`, `both`.
        duty: text,
        /// Kind word of the windows.
        window_kind: text,
        /// Key of the sector; empty: general.
        sector: text,
        /// The rest as JSON.
        body: text,
    }
}

/// Writes an agency.
pub fn put_agency(row: &AgencyRow) -> Stmt {
    stmt!("organisation/put_agency", &row.key, &row.name, &row.body)
}

/// Writes a site.
pub fn put_site(row: &SiteRow) -> Stmt {
    stmt!("organisation/put_site", &row.key, &row.kind, &row.name, &row.body)
}

/// Writes a window.
pub fn put_window(row: &WindowRow) -> Stmt {
    let WindowRow { id, site, code, kind, sector, floor, body } = row;
    stmt!("organisation/put_window", *id, site, code, kind, sector, *floor, body)
}

/// Writes a member of staff.
pub fn put_staff(row: &StaffRow) -> Stmt {
    let StaffRow { id, key, post, agency, site, body } = row;
    stmt!("organisation/put_staff", *id, key, post, agency, site, body)
}

/// Writes an authorization.
pub fn put_authorization(row: &AuthorizationRow) -> Stmt {
    let AuthorizationRow { id, agency, staff, valid_from, valid_to, body } = row;
    stmt!("organisation/put_authorization", *id, agency, *staff, valid_from, valid_to, body)
}

/// Writes an item of a site.
pub fn put_site_item(row: &SiteItemRow) -> Stmt {
    let SiteItemRow { site, item_key, duty, window_kind, sector, body } = row;
    stmt!("organisation/put_site_item", site, item_key, duty, window_kind, sector, body)
}

/// Locks a window; read it in `then` as [`WindowRow`].
pub fn lock_window(id: i64) -> Lock {
    window(id).exclusive("窗口")
}

/// Locks a member of staff; read it in `then` as [`StaffRow`].
pub fn lock_staff(id: i64) -> Lock {
    staff(id).exclusive("工作人员")
}

/// Holds an authorization as it is while others may do so, too; read it as [`AuthorizationRow`].
pub fn share_authorization(id: i64) -> Lock {
    authorization(id).shared("首席代表授权")
}

/// All agencies, by key.
pub fn agencies() -> Query<AgencyRow> {
    query!("organisation/agencies")
}

/// The agency with this key.
pub fn agency(key: &str) -> Query<AgencyRow> {
    query!("organisation/agency", key)
}

/// All sites, by key.
pub fn sites() -> Query<SiteRow> {
    query!("organisation/sites")
}

/// The site with this key.
pub fn site(key: &str) -> Query<SiteRow> {
    query!("organisation/site", key)
}

/// The windows of a site, by floor and number.
pub fn windows(site: &str) -> Query<WindowRow> {
    query!("organisation/windows", site)
}

/// The window with this id.
pub fn window(id: i64) -> Query<WindowRow> {
    query!("organisation/window", id)
}

/// All staff, by id.
pub fn all_staff() -> Query<StaffRow> {
    query!("organisation/all_staff")
}

/// The member of staff with this id.
pub fn staff(id: i64) -> Query<StaffRow> {
    query!("organisation/staff", id)
}

/// The member of staff with this 工号.
pub fn staff_by_key(key: &str) -> Query<StaffRow> {
    query!("organisation/staff_by_key", key)
}

/// Who holds a post in an agency at a site (either may be empty, as it is in the row), by id.
pub fn staff_of_post(post: &str, agency: &str, site: &str) -> Query<StaffRow> {
    query!("organisation/staff_of_post", post, agency, site)
}

/// The authorization with this id.
pub fn authorization(id: i64) -> Query<AuthorizationRow> {
    query!("organisation/authorization", id)
}

/// The authorizations of an agency, by first day.
pub fn authorizations(agency: &str) -> Query<AuthorizationRow> {
    query!("organisation/authorizations", agency)
}

/// The items of a site, by key.
pub fn site_items(site: &str) -> Query<SiteItemRow> {
    query!("organisation/site_items", site)
}

/// One item of a site.
pub fn site_item(site: &str, item_key: &str) -> Query<SiteItemRow> {
    query!("organisation/site_item", site, item_key)
}
