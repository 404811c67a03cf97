//! 申请人与代理人: who applies, and who acts for whom.
//!
//! The personal data of a party lives in a row of its own; cases and events hold only a [`PartyRef`].

use crate::digest::Digest;
use crate::id::{PartyId, TextId};
use crate::identity::DocumentKind;
use serde::{Deserialize, Serialize};

/// 申请人类别 (GB/T 39046 A.4, those that come to a window).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartyKind {
    /// 自然人
    Person,
    /// 企业法人
    Enterprise,
    /// 事业法人
    PublicInstitution,
    /// 社会组织法人
    SocialOrganisation,
    /// 其他组织
    OtherOrganisation,
}

/// 申请人（代理人）登记: the personal data itself. Never in events, logs or addresses.
#[doc(alias = "申请人")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applicant {
    /// Kind of party.
    pub kind: PartyKind,
    /// 姓名或者名称
    pub name: String,
    /// 证件类型
    pub document: DocumentKind,
    /// 证件号码, normalised
    pub number: String,
    /// 联系电话
    pub phone: String,
}

impl std::fmt::Debug for Applicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Applicant({:?}, …)", self.kind)
    }
}

/// 代理: the agent and the scope of the written authorization (行政许可法 art. 29).
#[doc(alias = "代理人")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizedAgent {
    /// The agent.
    pub agent: PartyRef,
    /// Scope and term, as a text of its own.
    pub scope: TextRef,
}

/// 当事人引用: id of the row with the personal data, and its digest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartyRef {
    /// The row.
    pub id: PartyId,
    /// Digest of its content when it was referred to: HMAC-SM3 under a key kept with the sealed row, or SM3 where a
    /// release before sealing wrote it.
    pub sm3: Digest,
}

/// 文字引用: id of a free text and its digest, so that erasing the text leaves the chain whole.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextRef {
    /// The row.
    pub id: TextId,
    /// Digest of the text, made like a party's.
    pub sm3: Digest,
}
