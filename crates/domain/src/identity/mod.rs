//! 证件与编码校验: one validator per kind of number, dispatched by kind; never one kind's rule on another.
//!
//! A fault says what is wrong and how to put it right, and never repeats the number. Regions are not
//! compared with today's list: cancelled ones stand in valid numbers.

pub mod credit_code;
mod fault;
pub mod item_code;
pub mod licence;
pub mod mask;
mod number;
pub mod phone;
pub mod reader;
pub mod resident_id;
pub mod travel;

pub use fault::{IdentityFault, IdentityWarning};
pub use item_code::{ExchangeNo, case_no, case_no_of, case_no_prefix};
pub use number::NumberKind;

use crate::time::Date;
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

/// 校验通过的号码.
#[derive(Clone, PartialEq, Eq)]
pub struct Checked {
    /// The number as it is stored: half-width, upper case, no blanks.
    pub number: String,
    /// What is odd about it without being wrong.
    pub warnings: Vec<IdentityWarning>,
}

impl Checked {
    fn plain(number: String) -> Checked {
        Checked { number, warnings: Vec::new() }
    }
}

impl std::fmt::Debug for Checked {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Checked(…, {:?})", self.warnings)
    }
}

/// 校验证件号码 by the rule of its kind. `today` bounds birth dates.
///
/// # Errors
/// [`IdentityFault`]: what is wrong and what to do; the number is not repeated.
pub fn check(kind: DocumentKind, number: &str, today: Date) -> Result<Checked, IdentityFault> {
    match kind {
        DocumentKind::ResidentId => resident_id::check(number, today),
        DocumentKind::ResidencePermit => resident_id::check_residence_permit(number, today),
        DocumentKind::CreditCode => credit_code::check(number),
        DocumentKind::Passport => travel::check_passport(number),
        DocumentKind::ForeignPassport => travel::check_foreign_passport(number),
        DocumentKind::HongKongMacauPermit => travel::check_hong_kong_macau_permit(number),
        DocumentKind::TaiwanPermit => travel::check_taiwan_permit(number),
        DocumentKind::PermanentResidence => travel::check_permanent_residence(number),
    }
}

/// 规范化: full-width characters to half-width, letters to upper case, blanks away.
pub fn normalise(number: &str) -> String {
    let half = |c: char| match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
        other => other,
    };
    number.chars().map(half).filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect()
}

/// The normalised number, if it has one of these lengths.
fn of_length(number: &str, lengths: &'static [usize]) -> Result<String, IdentityFault> {
    let number = normalise(number);
    let found = number.chars().count();
    if found == 0 {
        return Err(IdentityFault::Empty);
    }
    if lengths.contains(&found) { Ok(number) } else { Err(IdentityFault::Length { lengths, found }) }
}

/// Refuses the first character the rule does not allow, by its position (from 1).
fn only(number: &str, allowed: &'static str, rule: impl Fn(char) -> bool) -> Result<(), IdentityFault> {
    match number.chars().position(|c| !rule(c)) {
        Some(at) => Err(IdentityFault::Character { position: at + 1, allowed }),
        None => Ok(()),
    }
}

/// The value of a character in an alphabet.
fn value_in(alphabet: &str, c: char) -> Option<usize> {
    alphabet.chars().position(|a| a == c)
}

/// A date written as `yyyyMMdd`.
fn compact_date(text: &str) -> Option<Date> {
    Date::strptime("%Y%m%d", text).ok()
}

/// Digits and letters with their values, as in GB 11714, ISO 7064 MOD 37,36 and ICAO 9303.
const ALPHANUMERIC: &str = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// 省级区划 prefixes of GB/T 2260, with Taiwan, Hong Kong and Macau.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42",
    "43", "44", "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82",
    "83",
];

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn numbers_are_normalised_before_they_are_checked() {
        assert_eq!(normalise(" １１０１０５ 19491231 ００２ｘ "), "11010519491231002X");
    }

    #[test]
    fn every_kind_has_its_own_rule() {
        let today = date(2026, 11, 23);
        let valid = |kind, number| check(kind, number, today).is_ok();
        assert!(valid(DocumentKind::ResidentId, "500105199003071231"));
        assert!(valid(DocumentKind::ResidentId, "810000198804120014"));
        assert!(valid(DocumentKind::ResidencePermit, "810000198804120014"));
        assert!(!valid(DocumentKind::ResidencePermit, "500105199003071231"));
        assert!(valid(DocumentKind::CreditCode, "91500105MA5TEXT11D"));
        assert!(valid(DocumentKind::Passport, "E12345678"));
        assert!(!valid(DocumentKind::Passport, "500105199003071231"));
        assert!(valid(DocumentKind::ForeignPassport, "L898902C3"));
        assert!(valid(DocumentKind::HongKongMacauPermit, "H12345678"));
        assert!(valid(DocumentKind::TaiwanPermit, "12345678"));
        assert!(!valid(DocumentKind::PermanentResidence, "12345678"));
    }

    #[test]
    fn no_number_appears_in_debug_output() {
        let checked = check(DocumentKind::ResidentId, "500105199003071231", date(2026, 11, 23));
        assert!(!format!("{checked:?}").contains("1990"));
    }

    #[test]
    fn words_of_document_kinds_survive_a_round_trip() {
        for &kind in DocumentKind::ALL {
            let word = serde_json::to_string(&kind).expect("serializable");
            assert_eq!(word, format!("\"{}\"", kind.word()));
        }
    }
}
