//! 文书的冻结数据: what a notice says is fixed in the change that numbers it; its bytes are made later from
//! this and nothing else.

use crate::case::NumberedNotice;
use crate::organisation::Organisation;
use crate::versions::Version;
use serde_json::{Value, json};
use yichuang_domain::case::{Case, Demand, Entry, Event};
use yichuang_domain::digest::sm3;
use yichuang_domain::law::parameters::{ParameterName, parameter};
use yichuang_domain::notice::Issued;
use yichuang_storage::clocks::ClockRow;
use yichuang_storage::documents::{self as rows, DocumentRow};
use yichuang_storage::{Stmt, Stop, StoreError};

/// What the notices of one change are made from.
pub(crate) struct Issuing<'a> {
    /// The case after the change.
    pub case: &'a Case,
    /// The version of the item.
    pub version: &'a Version,
    /// Agencies by key.
    pub organisation: &'a Organisation,
    /// The clocks as they stand after the change.
    pub clocks: &'a [ClockRow],
    /// The wrong document, where one is drawn up anew.
    pub original: Option<&'a DocumentRow>,
}

impl Issuing<'_> {
    /// Rows and numbers of the notices issued with this entry, number `seq` of the journal.
    pub fn notices(
        &self,
        seq: i64,
        entry: &Entry,
        mut id: impl FnMut() -> i64,
    ) -> Result<Vec<(NumberedNotice, Stmt)>, Stop> {
        let mut notices: Vec<(NumberedNotice, Stmt)> = Vec::new();
        for issued in &entry.issued {
            let Issued::Notice { kind, agency, number } = issued else { continue };
            let nth = notices.iter().filter(|(notice, _)| notice.kind == *kind).count();
            let data = match &entry.event {
                Event::DocumentReissued { .. } => self.corrected(entry, number)?,
                _ => self.data(seq, entry, (nth, issued))?,
            };
            let row = DocumentRow {
                id: id(),
                case_id: self.case.id.0,
                number: number.clone(),
                kind: kind.word().to_owned(),
                template: kind.word().to_owned(),
                data_sm3: sm3(&[data.as_bytes()]).0,
                data,
                state: rows::NUMBERED.to_owned(),
                at: entry.at.0,
            };
            let notice = NumberedNotice { kind: *kind, agency: agency.clone(), number: number.clone() };
            notices.push((notice, rows::insert(&row)));
        }
        Ok(notices)
    }

    /// The frozen data of the wrong document with what is put right. Where nothing is named, it says the same
    /// again: only its form was wrong.
    fn corrected(&self, entry: &Entry, number: &str) -> Result<String, Stop> {
        let Event::DocumentReissued { number: replaces, wording, applicant, .. } = &entry.event else {
            return Ok(String::new());
        };
        let original = self.original.ok_or_else(|| StoreError::Damaged(format!("没有文书 {replaces}")))?;
        let mut data: Value =
            serde_json::from_str(&original.data).map_err(|e| StoreError::Damaged(e.to_string()))?;
        data["number"] = json!(number);
        data["on"] = json!(entry.at.date());
        data["dues"] = self.dues();
        data["replaces"] = json!(replaces);
        if let Some(applicant) = applicant {
            data["applicant"] = json!(applicant.id);
        }
        if let Some(wording) = wording {
            data["wording"] = json!(wording);
        }
        Ok(data.to_string())
    }

    /// Everything the template prints, but personal data and free texts, which it finds by their ids.
    fn data(&self, seq: i64, entry: &Entry, (nth, issued): (usize, &Issued)) -> Result<String, Stop> {
        let Issued::Notice { kind, agency, number } = issued else { return Ok(String::new()) };
        let (case, item, on) = (self.case, &self.version.item, entry.at.date());
        let remedies = kind.carries_remedies().then(|| {
            json!({
                "review_days": parameter(ParameterName::ReviewDays, on),
                "litigation_months": parameter(ParameterName::LitigationMonths, on),
            })
        });
        let event = serde_json::to_value(&entry.event).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let mut data = json!({
            "kind": kind, "title": kind.title(item.kind), "number": number, "on": on, "case_no": case.case_no,
            "exchange_no": case.exchange_no, "received_on": case.received_on(),
            "item": item.name, "item_code": item.code, "item_kind": item.kind.name(),
            "result": item.result.name, "fee": item.fee.text, "applicant": case.applicant.id,
            "agent": case.agent.as_ref().map(|agent| agent.agent.id),
            "citation": kind.basis(entry.event.citation(*kind), item), "remedies": remedies,
            "seq": seq, "event": event, "dues": self.dues(), "step_on": on, "to": entry.event.addressee(*kind, nth),
        });
        let named =
            [("agency", self.agency(agency)), ("place", self.place(entry)), ("lists", self.lists(entry))];
        for (key, value) in named {
            data[key] = value;
        }
        Ok(data.to_string())
    }

    /// The days that run, as they stand after the change.
    fn dues(&self) -> Value {
        let due = |clock: &ClockRow| {
            json!({
                "branch": clock.branch, "kind": clock.kind, "due_on": clock.due_on,
                "provisional": clock.provisional, "state": clock.state,
            })
        };
        Value::Array(self.clocks.iter().map(due).collect())
    }

    /// In whose name, and whom to ask.
    fn agency(&self, key: &str) -> Value {
        let agency = self.organisation.agencies.get(key);
        json!({
            "key": key, "name": agency.map(|a| &a.name), "full_name": agency.map(|a| &a.full_name),
            "phone": agency.map(|a| &a.phone).filter(|phone| !phone.is_empty()),
        })
    }

    /// Where it was done, and by whom.
    fn place(&self, entry: &Entry) -> Value {
        let staff = entry.by.staff();
        let site = self.organisation.sites.get(&self.case.site);
        json!({
            "site": site.map(|site| &site.name), "window": staff.and_then(|staff| staff.window.as_ref()),
            "handler": staff.and_then(|staff| self.organisation.staff.get(&staff.id)).map(|member| &member.name),
        })
    }

    /// The lists by name: materials held, what is demanded, what is still to come, situations, departments.
    fn lists(&self, entry: &Entry) -> Value {
        let (case, item) = (self.case, &self.version.item);
        let material = |id: &String| item.material(id).map_or_else(|| id.clone(), |m| m.name.clone());
        let held = item.required_materials(&case.situations).filter_map(|m| case.materials.get(&m.id));
        let held = held.map(|m| {
            let (way, name) = (m.way.name(), material(&m.material));
            json!({"name": name, "way": way, "originals": m.originals, "copies": m.copies})
        });
        let demands = match &entry.event {
            Event::CorrectionRequested { demands, .. } => demands.iter().collect(),
            _ => vec![],
        };
        let demand = |demand: &Demand| match demand {
            Demand::Material(id) => {
                json!({"name": material(id), "standard": item.material(id).map(|m| &m.standard)})
            }
            Demand::Point(id) => {
                json!({"name": item.review_points.iter().find(|p| &p.id == id).map(|p| &p.text)})
            }
        };
        let missing = match &entry.event {
            Event::CaseAcceptedWithDeferral { missing, .. } => missing.iter().map(material).collect(),
            _ => vec![],
        };
        let chosen =
            item.questions.iter().flat_map(|q| &q.choices).filter(|c| case.situations.contains(&c.id));
        let branches = case.branches.iter().map(|b| self.agency(&b.agency)["name"].clone());
        json!({
            "held": held.collect::<Vec<_>>(), "demands": demands.into_iter().map(demand).collect::<Vec<_>>(),
            "missing": missing, "situations": chosen.map(|choice| &choice.name).collect::<Vec<_>>(),
            "departments": branches.collect::<Vec<_>>(),
        })
    }
}
