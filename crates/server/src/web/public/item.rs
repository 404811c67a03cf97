//! 办事指南 of one item: what it is, the questions one a page, and exactly the materials of the situation, with what
//! intake checks, from the same version that intake uses.

use super::{Shell, Visitor, page};
use crate::Server;
use crate::error::PageError;
use crate::form::Query;
use crate::web::intake::handed_out;
use crate::web::items::attached;
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use fast_qr::QRBuilder;
use fast_qr::convert::svg::SvgBuilder;
use std::collections::BTreeSet;
use std::sync::Arc;
use yichuang_app::AppError;
use yichuang_app::catalog::file_of;
use yichuang_app::search::guide;
use yichuang_app::versions::Version;
use yichuang_domain::item::{DayUnit, HandlingMode, ItemVersion, Limit, Question};
use yichuang_domain::material::{MaterialForm, MaterialRequirement};
use yichuang_domain::organisation::WindowKind;

/// Name and value, as they stand in an address.
type Pairs = Vec<(String, String)>;

#[derive(Template)]
#[template(path = "public/item.html")]
struct ItemPage {
    shell: Shell,
    item: Arc<Version>,
    tags: Vec<(&'static str, &'static str)>,
    facts: Vec<(&'static str, String, String)>,
    questions: usize,
}

/// `GET /guide/items/{key}`
pub async fn show(
    State(server): State<Server>,
    visitor: Visitor,
    Path(key): Path<String>,
) -> Result<Response, PageError> {
    let version = version(&server, &key).await?;
    let item = &version.item;
    let mut facts = facts(&server, item).await?;
    facts.push(("办给谁", item.service_objects.join("、"), String::new()));
    let validity = &item.result.validity;
    let valid = if validity.is_empty() { String::new() } else { format!("有效期：{validity}") };
    facts.push(("得到什么", item.result.name.clone(), valid));
    facts.retain(|(_, words, _)| !words.is_empty());
    let mode = match item.mode {
        HandlingMode::OnTheSpot => "即办件",
        HandlingMode::WithinLimit => "承诺件",
    };
    let template = ItemPage {
        shell: visitor.shell(&server),
        tags: vec![("b", item.kind.name()), ("b", mode)],
        facts,
        questions: item.questions_asked(&BTreeSet::new()).count(),
        item: version.clone(),
    };
    page(StatusCode::OK, &template)
}

async fn version(server: &Server, key: &str) -> Result<Arc<Version>, PageError> {
    let guide = guide(&server.app, server.clock.now().date()).await?;
    let missing = || AppError::NotFound("这一事项的办事指南，事项可能已经取消或者更名".into());
    Ok(guide.version(key).cloned().ok_or_else(missing)?)
}

/// How long, how much, where, who decides: name, words, and more in small.
async fn facts(
    server: &Server,
    item: &ItemVersion,
) -> Result<Vec<(&'static str, String, String)>, PageError> {
    let legal = item.statutory.as_ref().map(|statutory| format!("法定 {}", days(statutory.limit)));
    let promised = item.promised.map_or_else(|| "未承诺，按法定时限".to_owned(), days);
    let guide = guide(&server.app, server.clock.now().date()).await?;
    let organisation = server.app.organisation();
    let window = match WindowKind::of_item(item) {
        WindowKind::Sector(key) => {
            format!("{}综合窗口", guide.sectors().get(&key).map_or("", String::as_str))
        }
        _ => "无差别综合窗口".to_owned(),
    };
    let sites: Vec<&str> = organisation
        .sites
        .values()
        .filter(|site| organisation.entries.contains_key(&(site.key.clone(), item.key.clone())))
        .map(|site| site.name.as_str())
        .collect();
    let names: Vec<&str> = item
        .agencies()
        .filter_map(|key| organisation.agencies.get(key).map(|agency| agency.name.as_str()))
        .collect();
    let together = if names.len() > 1 {
        "几个部门同时审批，只交一次材料".to_owned()
    } else {
        String::new()
    };
    Ok(vec![
        ("多久办好", promised, legal.unwrap_or_default()),
        ("收费", item.fee.text.clone(), item.fee.basis.clone().unwrap_or_default()),
        ("去哪里办", window, sites.join("、")),
        ("哪里审批", names.join("、"), together),
    ])
}

fn days(limit: Limit) -> String {
    match limit.unit {
        _ if limit.days == 0 => "当场办结".into(),
        DayUnit::Workday => format!("{} 个工作日", limit.days),
        DayUnit::Calendar => format!("{} 日", limit.days),
    }
}

/// The situations chosen so far, as far as they answer questions that are asked; the rest is dropped.
struct Answers<'a> {
    item: &'a ItemVersion,
    chosen: BTreeSet<String>,
}

impl<'a> Answers<'a> {
    fn read(item: &'a ItemVersion, given: &Pairs) -> Answers<'a> {
        let given: BTreeSet<&str> =
            given.iter().filter(|(name, _)| name == "s").map(|(_, value)| value.as_str()).collect();
        let mut chosen = BTreeSet::new();
        // Questions stand in the order they are asked in; one that depends on another comes after it.
        for question in &item.questions {
            if !asked(question, &chosen) {
                continue;
            }
            let own = question.choices.iter().filter(|choice| given.contains(choice.id.as_str()));
            let most = if question.multiple { usize::MAX } else { 1 };
            chosen.extend(own.take(most).map(|choice| choice.id.clone()));
        }
        Answers { item, chosen }
    }

    fn asked(&self) -> Vec<&'a Question> {
        self.item.questions.iter().filter(|question| asked(question, &self.chosen)).collect()
    }

    fn answered(&self, question: &Question) -> bool {
        question.choices.iter().any(|choice| self.chosen.contains(&choice.id))
    }

    /// Title, answer, and the address where it is answered anew.
    fn summary(&self) -> Vec<(String, String, String)> {
        let answered = self.asked().into_iter().filter(|question| self.answered(question));
        answered
            .map(|question| {
                let own = || question.choices.iter().filter(|choice| self.chosen.contains(&choice.id));
                let names: Vec<&str> = own().map(|choice| choice.name.as_str()).collect();
                let drop: BTreeSet<&str> = own().map(|choice| choice.id.as_str()).collect();
                (question.text.clone(), names.join("、"), self.address("questions", &drop))
            })
            .collect()
    }

    /// The address of a page of this item with these answers, but for some.
    fn address(&self, page: &str, without: &BTreeSet<&str>) -> String {
        let kept = self.chosen.iter().filter(|id| !without.contains(id.as_str()));
        let kept: Vec<String> = kept.map(|id| format!("s={}", super::encoded(id))).collect();
        format!("/guide/items/{}/{page}?{}", super::encoded(&self.item.key), kept.join("&"))
    }
}

fn asked(question: &Question, chosen: &BTreeSet<String>) -> bool {
    question.only_if.is_empty() || question.only_if.iter().any(|id| chosen.contains(id))
}

#[derive(Template)]
#[template(path = "public/question.html")]
struct QuestionPage {
    shell: Shell,
    key: String,
    name: String,
    back: String,
    nth: usize,
    of: usize,
    question: Question,
    failed: bool,
    chosen: BTreeSet<String>,
    summary: Vec<(String, String, String)>,
}

/// `GET /guide/items/{key}/questions`: the first question that has no answer; the list when all have one.
pub async fn question(
    State(server): State<Server>,
    visitor: Visitor,
    Path(key): Path<String>,
    Query(given): Query<Pairs>,
) -> Result<Response, PageError> {
    let version = version(&server, &key).await?;
    let answers = Answers::read(&version.item, &given);
    let asked = answers.asked();
    let Some(at) = asked.iter().position(|question| !answers.answered(question)) else {
        return Ok(Redirect::to(&answers.address("list", &BTreeSet::new())).into_response());
    };
    let question = asked[at].clone();
    let before = at.checked_sub(1).map(|before| asked[before]);
    let back = match before {
        Some(before) => {
            let drop = before.choices.iter().map(|choice| choice.id.as_str()).collect();
            answers.address("questions", &drop)
        }
        None => format!("/guide/items/{}", super::encoded(&key)),
    };
    // Sent without a choice, not merely opened.
    let failed = given.iter().any(|(name, value)| name == "asked" && *value == question.id);
    let template = QuestionPage {
        shell: visitor.shell(&server),
        key,
        name: version.item.name.clone(),
        back,
        nth: at + 1,
        of: asked.len(),
        question,
        failed,
        summary: answers.summary(),
        chosen: answers.chosen,
    };
    page(if failed { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK }, &template)
}

/// 材料清单的一行.
struct Line {
    name: String,
    what: String,
    shared: bool,
    deferrable: Option<u32>,
    because: String,
    looks: Vec<String>,
    instructions: String,
    files: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "public/list.html")]
struct ListPage {
    shell: Shell,
    key: String,
    name: String,
    all: bool,
    back: String,
    own: usize,
    shared: usize,
    summary: Vec<(String, String, String)>,
    lines: Vec<Line>,
    points: Vec<String>,
    facts: Vec<(&'static str, String, String)>,
    edition: String,
    picture: String,
    printed: String,
}

/// `GET /guide/items/{key}/list`: exactly what this situation needs; `all=1`: the union over all situations.
pub async fn list(
    State(server): State<Server>,
    visitor: Visitor,
    Path(key): Path<String>,
    Query(given): Query<Pairs>,
) -> Result<Response, PageError> {
    let version = version(&server, &key).await?;
    let item = &version.item;
    let all = given.iter().any(|(name, value)| name == "all" && value == "1");
    let answers = Answers::read(item, &given);
    if !all && item.check_situations(&answers.chosen).is_err() {
        return Ok(Redirect::to(&answers.address("questions", &BTreeSet::new())).into_response());
    }
    let materials: Vec<&MaterialRequirement> = match all {
        true => item.materials.iter().collect(),
        false => item.required_materials(&answers.chosen).collect(),
    };
    let points = item.review_points.iter().filter(|point| match all {
        true => true,
        false => item.review_points(&answers.chosen).any(|asked| asked.id == point.id),
    });
    let points: Vec<_> = points.collect();
    let lines: Vec<Line> = materials
        .into_iter()
        .map(|material| Line {
            name: material.name.clone(),
            what: what(material),
            // Who one is must be seen, whatever is on record elsewhere.
            shared: material.shared && material.form != MaterialForm::OriginalShown,
            deferrable: item.tolerance_days.filter(|_| material.deferrable),
            because: because(item, material, (!all).then_some(&answers.chosen)),
            looks: std::iter::once(&material.standard)
                .filter(|standard| !standard.is_empty())
                .chain(points.iter().filter(|p| p.material.as_ref() == Some(&material.id)).map(|p| &p.text))
                .cloned()
                .collect(),
            instructions: material.instructions.clone(),
            files: attached("/guide/items", item, material),
        })
        .collect();
    let (number, from) = server.app.version_mark(version.id).await?;
    let from =
        from.map_or_else(String::new, |from| format!("，{}起施行", from.strftime("%Y 年 %-m 月 %-d 日")));
    let address = if all {
        format!("/guide/items/{}/list?all=1", super::encoded(&key))
    } else {
        answers.address("list", &BTreeSet::new())
    };
    let template = ListPage {
        shell: visitor.shell(&server),
        name: item.name.clone(),
        all,
        back: format!("/guide/items/{}", super::encoded(&key)),
        own: lines.iter().filter(|line| !line.shared).count(),
        shared: lines.iter().filter(|line| line.shared).count(),
        summary: if all { Vec::new() } else { answers.summary() },
        lines,
        points: points
            .iter()
            .filter(|point| point.material.is_none())
            .map(|point| point.text.clone())
            .collect(),
        facts: facts(&server, item).await?,
        edition: format!("指南第 {number} 版{from}。"),
        picture: picture(&format!("{}{address}", public_url(&server)))?,
        printed: server.clock.now().civil().strftime("%Y 年 %-m 月 %-d 日 %H:%M").to_string(),
        key,
    };
    page(StatusCode::OK, &template)
}

/// `GET /guide/items/{key}/files/{file}`: a blank form or a sample of the version in force.
pub async fn file(
    State(server): State<Server>,
    Path((key, file)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let on = server.clock.now().date();
    handed_out(file_of(&server.app, &server.press.files, (None, on), &key, &file).await?)
}

/// The address of the portal as the public knows it.
fn public_url(server: &Server) -> &str {
    server.press.progress.trim_end_matches('/').trim_end_matches("/progress")
}

fn picture(address: &str) -> Result<String, PageError> {
    let code = QRBuilder::new(address).build().map_err(|_| PageError::Unreadable)?;
    Ok(SvgBuilder::default().to_str(&code))
}

/// Form and copies.
fn what(material: &MaterialRequirement) -> String {
    let copies = material.copies.max(1);
    match material.form {
        MaterialForm::Original => format!("原件 {copies} 份"),
        MaterialForm::Copy => format!("复印件 {copies} 份"),
        MaterialForm::OriginalAndCopy => format!("原件和复印件各 {copies} 份"),
        MaterialForm::OriginalOrCopy => format!("原件或者复印件 {copies} 份"),
        MaterialForm::OriginalShown => "带原件，看过当场还".into(),
    }
}

/// Why it is on the list, where it is not on everybody's.
fn because(item: &ItemVersion, material: &MaterialRequirement, chosen: Option<&BTreeSet<String>>) -> String {
    let counts = |id: &&String| chosen.is_none_or(|chosen| chosen.contains(*id));
    let names: Vec<&str> = material
        .required_if
        .iter()
        .filter(counts)
        .filter_map(|id| item.questions.iter().flat_map(|q| &q.choices).find(|choice| &choice.id == id))
        .map(|choice| choice.name.as_str())
        .collect();
    match (names.is_empty(), chosen.is_some()) {
        (true, _) => String::new(),
        (false, true) => format!("因为选了“{}”才需要。", names.join("”“")),
        (false, false) => format!("只在这些情形需要：{}。", names.join("、")),
    }
}
