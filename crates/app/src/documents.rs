//! 文书的冻结数据: what a notice says is fixed in the change that numbers it; its bytes are made later from
//! this and nothing else.

use crate::case::NumberedNotice;
use crate::organisation::Organisation;
use crate::versions::Version;
use serde_json::{Value, json};
use yichuang_domain::case::{Case, Entry, Event};
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
        let mut notices = Vec::new();
        for issued in &entry.issued {
            let Issued::Notice { kind, agency, number } = issued else { continue };
            let data = match &entry.event {
                Event::DocumentReissued { .. } => self.corrected(entry, number)?,
                _ => self.data(seq, entry, issued)?,
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
    fn data(&self, seq: i64, entry: &Entry, issued: &Issued) -> Result<String, Stop> {
        let Issued::Notice { kind, agency, number } = issued else { return Ok(String::new()) };
        let (case, item, on) = (self.case, &self.version.item, entry.at.date());
        let agency_name = self.organisation.agencies.get(agency).map(|agency| agency.name.as_str());
        let remedies = kind.carries_remedies().then(|| {
            json!({
                "review_days": parameter(ParameterName::ReviewDays, on),
                "litigation_months": parameter(ParameterName::LitigationMonths, on),
            })
        });
        let dues = self.clocks.iter().map(|clock| {
            json!({
                "branch": clock.branch, "kind": clock.kind, "due_on": clock.due_on,
                "provisional": clock.provisional, "state": clock.state,
            })
        });
        let event = serde_json::to_value(&entry.event).map_err(|e| StoreError::Damaged(e.to_string()))?;
        let data = json!({
            "kind": kind, "title": kind.title(item.kind), "number": number, "on": on, "agency": agency,
            "agency_name": agency_name, "case_no": case.case_no, "exchange_no": case.exchange_no,
            "item": item.name, "item_code": item.code, "applicant": case.applicant.id,
            "citation": kind.basis(entry.event.citation(*kind), item), "remedies": remedies,
            "seq": seq, "event": event, "dues": dues.collect::<Vec<_>>(),
        });
        Ok(data.to_string())
    }
}
