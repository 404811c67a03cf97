//! 事项编码与办件编号 (GB/T 39554): 31 characters, 33 with the handling item, 43 with date and serial.
//!
//! Regions in them are historic and the level need not agree with the body: neither is a reason to refuse.

use super::{Checked, IdentityFault, IdentityWarning, PROVINCES, compact_date, credit_code, of_length, only};
use crate::time::Date;

const CODE: usize = 31;
const CREDIT_CODE: usize = 18;
const LEVELS: std::ops::RangeInclusive<char> = '1'..='7';
const NATIONAL: &str = "00";
const DATE_END: usize = 39;
/// The serial has four digits, more from 10,000 on, and never wraps: GB/T 39046 leaves the number 50 characters.
const LARGEST_SERIAL: i64 = 99_999_999_999;
const LENGTHS: [usize; 8] = [43, 44, 45, 46, 47, 48, 49, 50];

/// Checks an implementation code (31) or handling item code (33).
///
/// # Errors
/// [`IdentityFault`]; a wrong credit code at the head is [`IdentityFault::Body`].
pub fn check(code: &str) -> Result<Checked, IdentityFault> {
    let code = of_length(code, &[31, 33])?;
    let warnings = check_code(&code)?;
    Ok(Checked { number: code, warnings })
}

/// 事项类型代码 (GB/T 39046 A.1) inside a checked code, e.g. `01`.
pub fn kind_code(code: &str) -> Option<&str> {
    code.get(CREDIT_CODE + 3..CREDIT_CODE + 5)
}

/// Checks an exchange number of 43 characters; more, up to 50, are accepted with a warning.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_exchange_no(number: &str) -> Result<Checked, IdentityFault> {
    // What a person is told is the usual length.
    let number = of_length(number, &LENGTHS).map_err(|fault| match fault {
        IdentityFault::Length { found, .. } => IdentityFault::Length { lengths: &LENGTHS[..1], found },
        other => other,
    })?;
    let mut warnings = check_code(&number)?;
    let (date, serial) = number[CODE..].split_at(DATE_END - CODE);
    compact_date(date).ok_or(IdentityFault::Date)?;
    if serial.chars().all(|c| c == '0') {
        return Err(IdentityFault::Serial);
    }
    if serial.len() > 4 {
        if serial.starts_with('0') {
            return Err(IdentityFault::Serial);
        }
        warnings.push(IdentityWarning::LongSerial);
    }
    Ok(Checked { number, warnings })
}

/// The part both share: credit code, level, basic code; digits after the credit code.
fn check_code(code: &str) -> Result<Vec<IdentityWarning>, IdentityFault> {
    only(code, "数字或者大写字母", |c| c.is_ascii_alphanumeric())?;
    let (body, rest) = code.split_at(CREDIT_CODE);
    let mut warnings =
        credit_code::check(body).map_err(|fault| IdentityFault::Body(Box::new(fault)))?.warnings;
    if let Some(at) = rest.find(|c: char| !c.is_ascii_digit()) {
        return Err(IdentityFault::Character { position: CREDIT_CODE + at + 1, allowed: "数字" });
    }
    if !rest.starts_with(|level| LEVELS.contains(&level)) {
        return Err(IdentityFault::Level);
    }
    let region = &rest[1..3];
    if region != NATIONAL && !PROVINCES.contains(&region) {
        warnings.push(IdentityWarning::Region);
    }
    Ok(warnings)
}

/// 办件编号 for the exchange: item code, receipt date, the item's serial of that day.
#[doc(alias = "办件编号")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeNo(String);

impl ExchangeNo {
    /// Puts an exchange number together. The item code's check character is the catalogue's business; here
    /// only its shape is looked at.
    ///
    /// # Errors
    /// [`IdentityFault::Length`] or `Character` for the code, [`IdentityFault::Serial`] for a serial of zero
    /// or above eleven digits.
    pub fn compose(item_code: &str, on: Date, serial: i64) -> Result<ExchangeNo, IdentityFault> {
        let code = of_length(item_code, &[CODE])?;
        only(&code, "数字或者大写字母", |c| c.is_ascii_alphanumeric())?;
        if !(1..=LARGEST_SERIAL).contains(&serial) {
            return Err(IdentityFault::Serial);
        }
        Ok(ExchangeNo(format!("{code}{}{serial:04}", on.strftime("%Y%m%d"))))
    }

    /// As written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for ExchangeNo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// 受理编号, for people: letters of the site, receipt date, six-digit serial of the site's day, e.g.
/// `JB20261123000187`. A serial above six digits makes the number longer, never shorter.
#[doc(alias = "受理编号")]
pub fn case_no(site_letters: &str, on: Date, serial: i64) -> String {
    case_no_of(&case_no_prefix(site_letters, on), serial)
}

/// Letters and date: what the numbers of one site's day begin with.
pub fn case_no_prefix(site_letters: &str, on: Date) -> String {
    format!("{site_letters}{}", on.strftime("%Y%m%d"))
}

/// The number with this serial after such a prefix.
pub fn case_no_of(prefix: &str, serial: i64) -> String {
    format!("{prefix}{serial:06}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    const CODES: [&str; 10] = [
        "12441500196720244T3442199806003",
        "11370800MB285591843370117002011",
        "11370800MB285591843370118009001",
        "11370800MB28559184300011711200001",
        "11370800MB28559184337011505600001",
        "11310000MB2F30661Y231200356400001",
        "11500105MB1A0001XT4000131001000",
        "1150010500900001534000123006000",
        "11500105MB1A00271M4000118009001",
        "11500105MB1A0001XT400013100100001",
    ];
    const NUMBERS: [&str; 2] =
        ["12441500196720244T3442199806003202206230068", "11500105MB1A0001XT4000131001000202609180001"];

    fn with(number: &str, at: usize, new: char) -> String {
        number.chars().enumerate().map(|(index, old)| if index == at { new } else { old }).collect()
    }

    #[test]
    fn codes_in_use_are_valid_and_fail_with_one_digit_of_the_body_changed() {
        for code in CODES {
            assert!(check(code).is_ok(), "{code}: {:?}", check(code));
            let changed = with(code, 4, if code.as_bytes()[4] == b'9' { '8' } else { '9' });
            assert_eq!(check(&changed), Err(IdentityFault::Body(Box::new(IdentityFault::CheckDigit))));
        }
    }

    #[test]
    fn exchange_numbers_are_valid_and_fail_on_date_and_serial() {
        for number in NUMBERS {
            assert_eq!(check_exchange_no(number).map(|c| c.warnings), Ok(vec![]));
            assert_eq!(check_exchange_no(&with(number, 35, '2')), Err(IdentityFault::Date));
            assert_eq!(check_exchange_no(&format!("{}0000", &number[..39])), Err(IdentityFault::Serial));
            assert_eq!(check_exchange_no(&format!("{}01000", &number[..39])), Err(IdentityFault::Serial));
        }
    }

    #[test]
    fn the_kind_stands_behind_level_and_region() {
        assert_eq!(CODES.map(kind_code)[..2], [Some("21"), Some("01")]);
        assert_eq!(kind_code("11500105MB1A0001XT4"), None);
    }

    #[test]
    fn each_part_has_its_own_fault() {
        let code = "11500105MB1A0001XT4000131001000";
        assert_eq!(check(&with(code, 18, '8')), Err(IdentityFault::Level));
        assert_eq!(
            check(&with(code, 25, 'A')),
            Err(IdentityFault::Character { position: 26, allowed: "数字" })
        );
        assert_eq!(check(&code[..30]), Err(IdentityFault::Length { lengths: &[31, 33], found: 30 }));
        let historic = check(&with(code, 19, '9')).expect("only odd");
        assert_eq!(historic.warnings, [IdentityWarning::Region]);
    }

    #[test]
    fn numbers_are_composed_and_grow_instead_of_wrapping() {
        let on = date(2026, 9, 18);
        let code = "11500105MB1A0001XT4000131001000";
        let compose = |serial| ExchangeNo::compose(code, on, serial).map(|no| no.to_string());
        assert_eq!(compose(1), Ok(NUMBERS[1].to_owned()));
        assert_eq!(compose(9999).map(|no| no.len()), Ok(43));
        let long = compose(10_000).expect("five digits");
        assert_eq!((long.len(), &long[39..]), (44, "10000"));
        assert_eq!(check_exchange_no(&long).map(|c| c.warnings), Ok(vec![IdentityWarning::LongSerial]));
        assert_eq!(compose(0), Err(IdentityFault::Serial));
        assert_eq!(compose(100_000).map(|no| no.len()), Ok(45));
        assert_eq!(compose(100_000_000_000), Err(IdentityFault::Serial));
        let handling = ExchangeNo::compose(CODES[9], on, 1);
        assert_eq!(handling, Err(IdentityFault::Length { lengths: &[31], found: 33 }));
    }

    #[test]
    fn case_numbers_are_short_enough_to_say() {
        assert_eq!(case_no("JB", date(2026, 11, 23), 187), "JB20261123000187");
        assert_eq!(case_no("JB", date(2026, 11, 23), 1_000_000), "JB202611231000000");
    }
}
