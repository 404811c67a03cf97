//! 证件与编码校验: one validator per kind of number, dispatched by kind.

use serde::{Deserialize, Serialize};

macro_rules! document_kinds {
    ($($(#[$doc:meta])* $kind:ident = ($word:literal, $code:literal, $name:literal);)*) => {
        /// 证件类型: what an applicant, agent or receiver proves who they are with.
        #[doc(alias = "证件类型")]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum DocumentKind { $($(#[$doc])* #[serde(rename = $word)] $kind,)* }

        impl DocumentKind {
            /// Every kind.
            pub const ALL: &'static [DocumentKind] = &[$(DocumentKind::$kind),*];

            /// The word used in files and in the database, e.g. `resident_id`.
            pub fn word(self) -> &'static str {
                match self { $(DocumentKind::$kind => $word,)* }
            }

            /// 证件类型代码 of the exchange (GA/T 2000.156); empty where the code is not known.
            pub fn code(self) -> &'static str {
                match self { $(DocumentKind::$kind => $code,)* }
            }

            /// Chinese name, e.g. 居民身份证.
            pub fn name(self) -> &'static str {
                match self { $(DocumentKind::$kind => $name,)* }
            }
        }
    };
}

document_kinds! {
    /// 居民身份证 (GB 11643), 港澳台居民居住证 included: the same number rule, regions 81 to 83.
    ResidentId = ("resident_id", "111", "居民身份证");
    /// 港澳台居民居住证
    ResidencePermit = ("residence_permit", "", "港澳台居民居住证");
    /// 统一社会信用代码 (GB 32100)
    CreditCode = ("credit_code", "", "统一社会信用代码");
    /// 普通护照
    Passport = ("passport", "414", "普通护照");
    /// 外国护照
    ForeignPassport = ("foreign_passport", "", "外国护照");
    /// 港澳居民来往内地通行证
    HongKongMacauPermit = ("hong_kong_macau_permit", "516", "港澳居民来往内地通行证");
    /// 台湾居民来往大陆通行证
    TaiwanPermit = ("taiwan_permit", "511", "台湾居民来往大陆通行证");
    /// 外国人永久居留身份证
    PermanentResidence = ("permanent_residence", "553", "外国人永久居留身份证");
}
