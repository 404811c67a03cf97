//! 机构与场所: the sites, agencies, people and authorizations that use cases ask for.

use crate::ctx::Ctx;
use crate::error::AppError;
use std::collections::BTreeMap;
use yichuang_domain::case::Case;
use yichuang_domain::id::StaffId;
use yichuang_domain::item::ItemVersion;
use yichuang_domain::organisation::{
    Agency, ChiefAuthorization, ChiefPower, ServiceWindow, Site, SiteItem, StaffMember,
};
use yichuang_domain::permission::{Actor, StaffActor};
use yichuang_domain::time::{Date, Instant};
use yichuang_storage::{Area, Store, StoreError, claims, meta, organisation as rows};

/// 机构与场所, as loaded at one moment. What a decision rests on is read again under lock.
#[derive(Clone, Debug, Default)]
pub struct Organisation {
    /// Sites by key.
    pub sites: BTreeMap<String, Site>,
    /// Agencies by key.
    pub agencies: BTreeMap<String, Agency>,
    /// Staff by id.
    pub staff: BTreeMap<StaffId, StaffMember>,
    /// Authorizations of chief representatives, with the id of their row.
    pub authorizations: Vec<(i64, ChiefAuthorization)>,
    /// 入驻清单 by site and item key.
    pub entries: BTreeMap<(String, String), SiteItem>,
    /// 代岗: who stands in for whom, past ones too.
    pub covers: Vec<Cover>,
    /// 改革之日: from then on nobody on an establishment sits at a window; `None`: not set.
    pub reform_on: Option<Date>,
}

/// 代岗: B 岗 stands in for A 岗, both days included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cover {
    /// Id of its row.
    pub id: i64,
    /// Key of the agency of both.
    pub agency: String,
    /// A 岗
    pub staff: StaffId,
    /// B 岗
    pub deputy: StaffId,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
}

/// Key of the reform date in `meta`.
pub(crate) const REFORM_ON: &str = "reform_on";

impl Organisation {
    pub(crate) async fn load(store: &Store) -> Result<Organisation, AppError> {
        let reform_on = store.one(meta::get(REFORM_ON)).await?.map(|date| day(&date)).transpose()?;
        let mut organisation = Organisation { reform_on, ..Organisation::default() };
        for row in store.all(rows::agencies()).await? {
            organisation.agencies.insert(row.key, read(&row.body)?);
        }
        for row in store.all(rows::sites()).await? {
            for entry in store.all(rows::site_items(&row.key)).await? {
                organisation.entries.insert((entry.site, entry.item_key), read(&entry.body)?);
            }
            organisation.sites.insert(row.key, read(&row.body)?);
        }
        for row in store.all(rows::all_staff()).await? {
            organisation.staff.insert(StaffId(row.id), read(&row.body)?);
        }
        for key in organisation.agencies.keys() {
            for row in store.all(rows::authorizations(key)).await? {
                organisation.authorizations.push((row.id, read(&row.body)?));
            }
        }
        if store.schema().await?.has(Area::Desks) {
            for row in store.all(claims::covers()).await? {
                organisation.covers.push(Cover {
                    id: row.id,
                    agency: row.agency,
                    staff: StaffId(row.staff),
                    deputy: StaffId(row.deputy),
                    from: day(&row.from_on)?,
                    to: day(&row.to_on)?,
                });
            }
        }
        Ok(organisation)
    }

    /// The member of staff as an actor, without a window.
    pub fn actor(&self, id: StaffId) -> Option<Actor> {
        let member = self.staff.get(&id)?;
        Some(Actor::Staff(StaffActor {
            id,
            post: member.post,
            agency: Some(member.agency.clone()),
            site: member.site.clone(),
            window: None,
        }))
    }

    /// The item is on the entry list of the clerk's site, and the clerk's window is of the kind that takes it.
    pub(crate) fn routed_here(&self, ctx: &Ctx, item: &ItemVersion) -> bool {
        let Some((site, window)) = self.place_of(ctx) else { return false };
        let entry = self.entries.get(&(site.key.clone(), item.key.clone()));
        let takes = site.route(item);
        entry.is_some_and(|entry| entry.receives(ctx.at.date())) && takes.as_ref() == Some(&window.kind)
    }

    /// The actor's window carries the duty of issuing, and the site hands out results of this item.
    pub(crate) fn issues_here(&self, ctx: &Ctx, item: &ItemVersion) -> bool {
        let Some((site, window)) = self.place_of(ctx) else { return false };
        let entry = self.entries.get(&(site.key.clone(), item.key.clone()));
        window.issues_results && entry.is_some_and(|entry| entry.issues(ctx.at.date()))
    }

    /// The site that received this case hands out results of this item itself.
    pub(crate) fn issued_at_home(&self, case: Option<&Case>, at: Instant, item: &ItemVersion) -> bool {
        let entry = case.and_then(|case| self.entries.get(&(case.site.clone(), item.key.clone())));
        entry.is_some_and(|entry| entry.issues(at.date()))
    }

    fn place_of(&self, ctx: &Ctx) -> Option<(&Site, &ServiceWindow)> {
        let staff = ctx.actor.staff()?;
        let site = self.sites.get(staff.site.as_ref()?)?;
        Some((site, site.window(staff.window.as_deref()?)?))
    }

    /// Whoever acts as staff still holds that post: it may have been given to somebody else since the sign-in.
    pub(crate) fn in_office(&self, actor: &Actor) -> bool {
        let same = |staff: &StaffActor| {
            let member = self.staff.get(&staff.id);
            member
                .is_some_and(|m| m.post == staff.post && staff.agency.as_ref().is_none_or(|a| a == &m.agency))
        };
        actor.staff().is_none_or(same)
    }

    /// The first stands in for the second on this day.
    pub fn stands_in(&self, deputy: StaffId, staff: StaffId, on: Date) -> bool {
        let held = |cover: &Cover| cover.staff == staff && cover.deputy == deputy;
        self.covers.iter().any(|cover| held(cover) && (cover.from..=cover.to).contains(&on))
    }

    /// An authorization lets this person use this power on this item on this day.
    pub(crate) fn authorized(&self, staff: &StaffActor, item: &str, power: ChiefPower, on: Date) -> bool {
        self.authorizations.iter().any(|(_, authorization)| {
            authorization.staff == staff.id
                && Some(&authorization.agency) == staff.agency.as_ref()
                && authorization.covers(item, power, on)
        })
    }
}

/// Reads a JSON body.
pub(crate) fn read<T: serde::de::DeserializeOwned>(body: &str) -> Result<T, StoreError> {
    serde_json::from_str(body).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Reads a date.
pub(crate) fn day(text: &str) -> Result<Date, StoreError> {
    text.parse().map_err(|_| StoreError::Damaged(format!("“{text}”不是日期")))
}
