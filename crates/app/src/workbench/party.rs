//! 申请人和代理人的填写校验: every field with its mistake and the remedy.

use super::sheet::Sheet;
use crate::boundary;
use crate::error::AppError;
use yichuang_domain::applicant::{Applicant, PartyKind};
use yichuang_domain::identity::{self, DocumentKind};
use yichuang_domain::time::Date;

/// 填写问题 of one field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartyFault {
    /// Name of the field in the form, e.g. `number` or `agent_phone`.
    pub field: &'static str,
    /// What is wrong and what to do.
    pub words: String,
}

/// What is to be put right before the receipt can go on.
pub fn faults(sheet: &Sheet, today: Date) -> Vec<PartyFault> {
    let names = ["name", "document", "number", "phone"];
    let mut faults = of(&sheet.applicant, names, today);
    if let Some(agent) = &sheet.agent {
        faults.extend(of(
            &agent.person,
            ["agent_name", "agent_document", "agent_number", "agent_phone"],
            today,
        ));
        let scope = match boundary::words("委托权限和期限", &agent.scope) {
            Ok(scope) if scope.is_empty() => Err("填写委托权限和期限，与授权委托书一致".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(error.to_string()),
        };
        faults.extend(scope.err().map(|words| PartyFault { field: "scope", words }));
        if agent.person.kind != PartyKind::Person {
            let words = "代理人须为自然人，填写经办人本人的证件".to_owned();
            faults.push(PartyFault { field: "agent_document", words });
        } else if identity::normalise(&agent.person.number) == identity::normalise(&sheet.applicant.number) {
            let words = "代理人与申请人是同一证件，本人办理的不填代理人".to_owned();
            faults.push(PartyFault { field: "agent_number", words });
        }
    }
    faults
}

fn of(party: &Applicant, names: [&'static str; 4], today: Date) -> Vec<PartyFault> {
    let [name, document, number, phone] = names;
    let written = match boundary::line("姓名或者名称", &party.name) {
        Ok(line) if line.is_empty() => Some("填写姓名或者名称，与证件一致".to_owned()),
        Ok(_) => None,
        Err(AppError::Form(texts)) => Some(texts.join("；")),
        Err(other) => Some(other.to_string()),
    };
    let organisation = party.kind != PartyKind::Person;
    let coded = party.document == DocumentKind::CreditCode;
    let kind = match (organisation, coded) {
        (true, false) => Some("单位填写统一社会信用代码，证件类型改选统一社会信用代码"),
        (false, true) => Some("自然人填写身份证件；以统一社会信用代码办理的，申请人类别改选单位"),
        _ => None,
    };
    let numbered = identity::check(party.document, &party.number, today).err();
    let called = identity::phone::check(&party.phone).err();
    let found = [
        (name, written),
        (document, kind.map(str::to_owned)),
        (number, numbered.map(|fault| fault.to_string())),
        (phone, called.map(|fault| fault.to_string())),
    ];
    found.into_iter().filter_map(|(field, words)| Some(PartyFault { field, words: words? })).collect()
}
