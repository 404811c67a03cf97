//! 事项档案: one version of an item in full, its other versions, what the lint finds, and what may be done next.

use super::changes::{Changed, Edition, sections};
use super::{attached, named, tone};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::guard::Guest;
use crate::web::frame::Frame;
use crate::web::intake::handed_out;
use crate::web::page;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use yichuang_app::access::act_id;
use yichuang_app::catalog::{
    Dossier, FORMS, Logged, MODES, STARTS, Standing, UNITS, changes_of, dossier, file_of,
};
use yichuang_app::search::guide;
use yichuang_domain::id::StaffId;
use yichuang_domain::identity::mask;
use yichuang_domain::item::{ItemVersion, Limit};
use yichuang_domain::lint::{Severity, lint};
use yichuang_domain::organisation::WindowKind;

/// What was typed in the forms of the page.
#[derive(Clone, Default, Deserialize)]
pub struct Typed {
    #[serde(default)]
    pub act: String,
    #[serde(default)]
    pub seen: String,
    #[serde(default)]
    pub from: String,
    #[serde(default)]
    pub reason: String,
    pub version: Option<i64>,
}

/// Which version; what was just done.
#[derive(Deserialize)]
pub struct Asked {
    version: Option<i64>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "item.html")]
struct ItemPage {
    frame: Frame,
    act: String,
    done: Option<&'static str>,
    faults: Vec<String>,
    typed: Typed,
    key: String,
    item: ItemVersion,
    number: i64,
    sm3: String,
    state: Edition,
    tags: Vec<(&'static str, String)>,
    facts: Vec<(&'static str, String)>,
    questions: Vec<Asking>,
    materials: Vec<Material>,
    whole: Vec<(String, String)>,
    limits: Vec<LimitRow>,
    findings: Vec<Found>,
    blocks: usize,
    versions: Vec<Edition>,
    flow: Flow,
    log: Vec<(String, String, String)>,
    /// Against the version before it: number of that one, and what differs.
    compared: Option<(i64, Changed)>,
}

struct Asking {
    text: String,
    multiple: bool,
    only_if: String,
    choices: Vec<(String, String)>,
}

struct Material {
    name: String,
    what: String,
    shared: bool,
    deferrable: bool,
    standard: String,
    instructions: String,
    points: Vec<String>,
    situations: String,
    files: Vec<(&'static str, String)>,
}

struct LimitRow {
    title: String,
    value: String,
    start: &'static str,
    basis: String,
}

/// 体检的一项.
pub struct Found {
    pub tone: &'static str,
    pub word: &'static str,
    pub text: String,
    pub fix: &'static str,
    pub citation: String,
}

/// 发布流程: where the draft is, and what the guest may do.
struct Flow {
    /// Number of the open draft.
    draft: Option<i64>,
    standing: Option<(&'static str, &'static str)>,
    step: usize,
    reason: String,
    start: bool,
    edit: bool,
    submit: bool,
    recall: bool,
    review: bool,
    own_work: bool,
    shows_draft: bool,
}

/// `GET /items/{key}`
pub async fn show(
    State(server): State<Server>,
    guest: Guest,
    Path(key): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let found = dossier(&server.app, &ctx, &key, asked.version).await?;
    let done = match asked.done.as_deref() {
        Some("submit") => Some("已送审，等待政务服务办审查。"),
        Some("recall") => Some("已撤回送审，可以继续修改。"),
        Some("return") => Some("已退回部门修改。"),
        Some("publish") => {
            Some("已发布，自施行之日起办事指南和窗口收件按新版执行；在办件仍按收件时的版本办理。")
        }
        _ => None,
    };
    let typed = Typed { version: asked.version, ..Typed::default() };
    shown_with(&server, &guest, found, typed, (StatusCode::OK, Vec::new()), done).await
}

/// The page again, with what was typed and what is wrong with it.
pub async fn shown(
    server: &Server,
    guest: &Guest,
    key: &str,
    typed: Typed,
    wrong: (StatusCode, Vec<String>),
) -> Result<Response, PageError> {
    let found = dossier(&server.app, &guest.reading(server)?, key, typed.version).await?;
    shown_with(server, guest, found, typed, wrong, None).await
}

async fn shown_with(
    server: &Server,
    guest: &Guest,
    found: Dossier,
    typed: Typed,
    (status, faults): (StatusCode, Vec<String>),
    done: Option<&'static str>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(server)?;
    let (item, number) = (&found.item, found.mark.version);
    let before = found.versions.iter().map(|mark| mark.version).find(|version| *version < number);
    let compared = match before {
        Some(before) => {
            let changes = changes_of(&server.app, &ctx, &item.key, Some(before), Some(number)).await?;
            Some((before, sections(changes.changes)))
        }
        None => None,
    };
    let findings = findings(item);
    let whole = item.review_points.iter().filter(|point| point.material.is_none());
    let template = ItemPage {
        frame: Frame::of(server, guest, "事项维护", "/items").await?,
        act: act_id()?,
        done,
        faults,
        typed,
        key: super::encoded(&item.key),
        number,
        sm3: found.sm3.clone(),
        state: Edition::of(&found.mark, found.in_force),
        tags: tags(server, &ctx, item).await?,
        facts: facts(server, item),
        questions: questions(item),
        materials: materials(item),
        whole: whole.map(|p| (p.text.clone(), situations(item, &p.required_if))).collect(),
        limits: limits(server, item),
        blocks: findings.iter().filter(|finding| finding.tone == "r").count(),
        findings,
        versions: found.versions.iter().map(|mark| Edition::of(mark, found.in_force)).collect(),
        flow: flow(&found),
        log: found.log.iter().map(|row| logged(server, row)).collect(),
        compared,
        item: found.item,
    };
    page(status, &template)
}

fn flow(found: &Dossier) -> Flow {
    let standing = found.draft.map(|(_, standing)| standing);
    let open = matches!(standing, Some(Standing::Drafting | Standing::Returned));
    let review = standing == Some(Standing::Submitted);
    Flow {
        draft: found.draft.map(|(number, _)| number),
        standing: standing.map(|standing| (tone(standing), standing.name())),
        step: match standing {
            None => 0,
            Some(Standing::Submitted) => 2,
            Some(_) => 1,
        },
        reason: found.reason.clone(),
        start: found.may_draft && found.draft.is_none(),
        edit: found.may_draft && open,
        submit: found.may_draft && open,
        recall: found.may_draft && review,
        review: found.may_publish && review,
        own_work: found.own_work,
        shows_draft: found.draft.is_some_and(|(number, _)| number == found.mark.version),
    }
}

/// 体检结果 of a version.
pub fn findings(item: &ItemVersion) -> Vec<Found> {
    let found = lint(item).into_iter().map(|finding| {
        let blocks = finding.severity() == Severity::Blocks;
        let (tone, word) = if blocks { ("r", "不通过") } else { ("a", "提示") };
        Found { tone, word, fix: finding.fix(), citation: finding.citation().to_string(), text: finding.text }
    });
    found.collect()
}

async fn tags(
    server: &Server,
    ctx: &yichuang_app::Ctx,
    item: &ItemVersion,
) -> Result<Vec<(&'static str, String)>, PageError> {
    let guide = guide(&server.app, ctx.at.date()).await?;
    let window = match WindowKind::of_item(item) {
        WindowKind::Sector(key) => {
            format!("{}综合窗口", guide.sectors().get(&key).map_or("", String::as_str))
        }
        _ => "无差别综合窗口".to_owned(),
    };
    Ok(vec![("b", item.kind.name().into()), ("g", named(&MODES, item.mode).into()), ("n", window)])
}

fn facts(server: &Server, item: &ItemVersion) -> Vec<(&'static str, String)> {
    let organisation = server.app.organisation();
    let agency = |key: &str| organisation.agencies.get(key).map_or(key, |agency| &agency.name).to_owned();
    let concerned: Vec<String> = item.concerned.iter().map(|one| agency(&one.agency)).collect();
    let facts = [
        ("实施主体", agency(&item.agency)),
        ("并联部门", concerned.join("、")),
        ("实施编码", item.code.clone().unwrap_or_default()),
        ("业务办理项编码", item.handling_code.clone().unwrap_or_default()),
        ("服务对象", item.service_objects.join("、")),
        ("日常说法", item.phrases.join("、")),
        ("审批结果", item.result.name.clone()),
        ("有效期", item.result.validity.clone()),
        ("收费", item.fee.text.clone()),
        ("收费依据", item.fee.basis.clone().unwrap_or_default()),
        ("联合办理", item.joint.clone().unwrap_or_default()),
    ];
    facts.into_iter().filter(|(_, words)| !words.is_empty()).collect()
}

fn questions(item: &ItemVersion) -> Vec<Asking> {
    let adds = |id: &String| {
        let places = (1..).zip(&item.materials).filter(|(_, material)| material.required_if.contains(id));
        let places: Vec<String> = places.map(|(nth, _): (usize, _)| nth.to_string()).collect();
        if places.is_empty() { String::new() } else { format!("材料 {}", places.join("、")) }
    };
    let asking = |question: &yichuang_domain::item::Question| Asking {
        text: question.text.clone(),
        multiple: question.multiple,
        only_if: if question.only_if.is_empty() {
            String::new()
        } else {
            situations(item, &question.only_if)
        },
        choices: question.choices.iter().map(|choice| (choice.name.clone(), adds(&choice.id))).collect(),
    };
    item.questions.iter().map(asking).collect()
}

fn materials(item: &ItemVersion) -> Vec<Material> {
    let points = |id: &str| {
        let own = item.review_points.iter().filter(|point| point.material.as_deref() == Some(id));
        own.map(|point| point.text.clone()).collect()
    };
    let material = |material: &yichuang_domain::material::MaterialRequirement| Material {
        name: material.name.clone(),
        what: format!("{} · {} {} 份", material.source, named(&FORMS, material.form), material.copies),
        shared: material.shared,
        deferrable: material.deferrable,
        standard: material.standard.clone(),
        instructions: material.instructions.clone(),
        points: points(&material.id),
        situations: situations(item, &material.required_if),
        files: attached("/items", item, material),
    };
    item.materials.iter().map(material).collect()
}

/// Names of situations; none: all of them.
fn situations(item: &ItemVersion, ids: &[String]) -> String {
    let choices = || item.questions.iter().flat_map(|question| &question.choices);
    let name = |id: &String| choices().find(|choice| choice.id == *id).map_or(id.clone(), |c| c.name.clone());
    let names: Vec<String> = ids.iter().map(name).collect();
    if names.is_empty() { "全部".into() } else { names.join("、") }
}

/// 时限 as shown to staff.
pub fn days(limit: Limit) -> String {
    match limit.days {
        0 => "当日办结".into(),
        days => format!("{days} 个{}", named(&UNITS, limit.unit)),
    }
}

fn limits(server: &Server, item: &ItemVersion) -> Vec<LimitRow> {
    let organisation = server.app.organisation();
    let row = |title: &str, value: String, start, basis: &str| LimitRow {
        title: title.to_owned(),
        value,
        start,
        basis: basis.to_owned(),
    };
    let workdays = |days: u32| format!("{days} 个工作日");
    let mut rows = Vec::new();
    let start = item.statutory.as_ref().map_or("受理之日", |statutory| named(&STARTS, statutory.start));
    match &item.statutory {
        Some(statutory) => {
            rows.push(row("法定办结", days(statutory.limit), start, &statutory.basis));
            if let Some(extension) = &statutory.extension {
                let limit = Limit { days: extension.days, ..statutory.limit };
                rows.push(row("延长审批", days(limit), "原期限届满", &extension.basis));
            }
        }
        None => rows.push(row("法定办结", "未规定".into(), "", "")),
    }
    rows.push(row(
        "承诺办结",
        item.promised.map_or_else(|| "未填写".into(), days),
        start,
        "不超过法定办结时限",
    ));
    match item.correction_days {
        Some(days) => rows.push(row("补正告知", workdays(days), "收到材料之日", "特别规定")),
        None => rows.push(row("补正告知", "按一般规定".into(), "收到材料之日", "行政许可法第三十二条")),
    }
    if let Some(days) = item.tolerance_days {
        rows.push(row("容缺补正", workdays(days), "受理之日", "不超过承诺办结时限"));
    }
    for concerned in &item.concerned {
        let name = organisation.agencies.get(&concerned.agency).map_or("", |agency| agency.name.as_str());
        let value = days(concerned.promised);
        rows.push(LimitRow {
            title: name.to_owned(),
            value,
            start: "受理之日",
            basis: concerned.matter.clone(),
        });
    }
    for procedure in &item.procedures {
        let value = match (procedure.kind.named_by_article_45(), &procedure.suspends_by) {
            (true, _) => ("不计入法定时限", "行政许可法第四十五条".to_owned()),
            (false, Some(clause)) => ("不计入法定时限", clause.clone()),
            (false, None) => ("只停承诺时限", String::new()),
        };
        rows.push(LimitRow {
            title: procedure.kind.name().to_owned(),
            value: value.0.into(),
            start: "",
            basis: value.1,
        });
    }
    rows
}

/// When, who, what.
fn logged(server: &Server, row: &Logged) -> (String, String, String) {
    let organisation = server.app.organisation();
    let who = match organisation.staff.get(&StaffId(row.staff)) {
        Some(member) => format!("{}（{}）", mask::name(&member.name), row.staff),
        None if row.staff == 0 => "系统".into(),
        None => row.staff.to_string(),
    };
    let mut words = crate::web::administration::title(&row.kind).to_owned();
    if row.version > 0 {
        words = format!("{words} V{}", row.version);
    }
    if !row.reason.is_empty() {
        words = format!("{words}：{}", row.reason);
    }
    (row.at.civil().strftime("%Y-%m-%d %H:%M").to_string(), who, words)
}

/// `GET /items/{key}/files/{file}`: a blank form or a sample of any version the guest may see.
pub async fn file(
    State(server): State<Server>,
    guest: Guest,
    Path((key, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let ctx = guest.reading(&server)?;
    let found = file_of(&server.app, &server.press.files, (Some(&ctx), ctx.at.date()), &key, &file).await?;
    handed_out(found)
}
