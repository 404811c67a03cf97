//! 收件登记的草稿内容: everything typed and ticked so far, right or wrong.

use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::case::checking::{Checks, Finding, MaterialCheck};
use yichuang_domain::case::{Case, MaterialWay};
use yichuang_domain::id::{CaseId, VersionId};
use yichuang_domain::identity::DocumentKind;
use yichuang_domain::item::ItemVersion;

/// 草稿内容.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sheet {
    /// 申请人, as typed.
    pub applicant: Applicant,
    /// 代理人
    pub agent: Option<Agent>,
    /// The parties were taken over from another receipt of this visit: shown masked.
    pub carried: bool,
    /// 事项
    pub item: Option<VersionId>,
    /// 情形
    pub situations: BTreeSet<String>,
    /// 收件审查
    pub checks: Checks,
    /// Files handed in.
    pub files: Vec<DraftFile>,
    /// Free words by the name of their field.
    pub words: BTreeMap<String, String>,
}

/// 代理人 with the scope and term of the authorization.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Who.
    pub person: Applicant,
    /// 委托权限和期限
    pub scope: String,
}

/// 已上传的文件.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftFile {
    /// Number within the draft.
    pub id: i64,
    /// Id of the material.
    pub material: String,
    /// Name of the file.
    pub sm3: String,
    /// Its media type.
    pub media: String,
    /// Bytes.
    pub size: i64,
    /// 免提交: the case whose material it was before.
    #[serde(default)]
    pub from: Option<CaseId>,
}

impl std::fmt::Debug for Sheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sheet({:?}, …)", self.item)
    }
}

impl Default for Sheet {
    fn default() -> Sheet {
        Sheet {
            applicant: nobody(),
            agent: None,
            carried: false,
            item: None,
            situations: BTreeSet::new(),
            checks: Checks::default(),
            files: Vec::new(),
            words: BTreeMap::new(),
        }
    }
}

/// A party nothing is known of yet.
pub(super) fn nobody() -> Applicant {
    Applicant {
        kind: PartyKind::Person,
        name: String::new(),
        document: DocumentKind::ResidentId,
        number: String::new(),
        phone: String::new(),
    }
}

impl Sheet {
    /// 选定事项: situations, findings and files of another item are none of this one's.
    pub fn choose(&mut self, item: VersionId) {
        if self.item != Some(item) {
            self.item = Some(item);
            self.situations.clear();
            self.checks = Checks::default();
            self.files.clear();
        }
    }

    /// 选定情形: what of the choice fits the questions, and nothing else.
    pub fn answer(&mut self, item: &ItemVersion, chosen: BTreeSet<String>) {
        self.situations = chosen;
        // A question that is no longer asked takes its answers with it, and they others.
        loop {
            let asked: BTreeSet<String> = item
                .questions_asked(&self.situations)
                .flat_map(|question| question.choices.iter().map(|choice| choice.id.clone()))
                .collect();
            let before = self.situations.len();
            self.situations.retain(|id| asked.contains(id));
            if self.situations.len() == before {
                return;
            }
        }
    }

    /// 全部合格: whatever was not looked at yet is there and in order.
    pub fn find_all_good(&mut self, item: &ItemVersion) {
        for material in item.required_materials(&self.situations) {
            let check = self.checks.materials.entry(material.id.clone()).or_default();
            if check.finding.is_none() {
                let filed = self.files.iter().any(|file| file.material == material.id);
                check.finding = Some(Finding::Good);
                check.way = check.way.or(Some(usual_way(material.shared, filed)));
            }
        }
        for point in item.review_points(&self.situations).filter(|point| point.material.is_none()) {
            self.checks.points.entry(point.id.clone()).or_insert(Finding::Good);
        }
    }
}

/// How a material comes if nothing else is said.
pub(super) fn usual_way(shared: bool, filed: bool) -> MaterialWay {
    match (filed, shared) {
        (true, _) => MaterialWay::Electronic,
        (false, true) => MaterialWay::Shared,
        (false, false) => MaterialWay::Paper,
    }
}

/// What a case that was received already holds, as findings.
pub(super) fn found(case: &Case, item: &ItemVersion) -> Checks {
    let mut checks = Checks::default();
    for material in item.required_materials(&case.situations) {
        let Some(held) = case.materials.get(&material.id) else { continue };
        let points =
            item.review_points(&case.situations).filter(|p| p.material.as_ref() == Some(&material.id));
        let failed: BTreeSet<String> =
            points.map(|point| point.id.clone()).filter(|id| !case.points.contains(id)).collect();
        let finding = failed.is_empty().then_some(Finding::Good);
        let check = MaterialCheck { finding, way: Some(held.way), failed };
        checks.materials.insert(material.id.clone(), check);
    }
    for point in item.review_points(&case.situations).filter(|point| point.material.is_none()) {
        if case.points.contains(&point.id) {
            checks.points.insert(point.id.clone(), Finding::Good);
        }
    }
    checks
}
