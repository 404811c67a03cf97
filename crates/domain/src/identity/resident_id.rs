//! 公民身份号码 (GB 11643): 18 characters, ISO 7064 MOD 11-2; residence permits of Hong Kong, Macau and
//! Taiwan residents (regions 81 to 83) follow the same rule.

use super::{Checked, IdentityFault, PROVINCES, compact_date, of_length, only};
use crate::law::parameters::{ParameterName, parameter};
use crate::time::Date;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];
const PERMIT_REGIONS: [&str; 3] = ["810000", "820000", "830000"];
const LENGTH: &[usize] = &[18];
const FIRST_GENERATION: usize = 15;

/// Checks a resident identity number: shape, province, birth date, age and check character.
///
/// # Errors
/// [`IdentityFault`], the first fault met from left to right.
pub fn check(number: &str, today: Date) -> Result<Checked, IdentityFault> {
    let number = of_length(number, LENGTH).map_err(|fault| match fault {
        IdentityFault::Length { found: FIRST_GENERATION, .. } => IdentityFault::FirstGeneration,
        other => other,
    })?;
    check_shape(&number)?;
    if !PROVINCES.contains(&&number[..2]) {
        return Err(IdentityFault::Region);
    }
    check_birth(&number, today)?;
    check_character(&number)?;
    Ok(Checked::plain(number))
}

/// Checks the number of a 港澳台居民居住证.
///
/// # Errors
/// As [`check`], and [`IdentityFault::NotResidencePermit`] when the region is another.
pub fn check_residence_permit(number: &str, today: Date) -> Result<Checked, IdentityFault> {
    let checked = check(number, today)?;
    if PERMIT_REGIONS.contains(&&checked.number[..6]) {
        Ok(checked)
    } else {
        Err(IdentityFault::NotResidencePermit)
    }
}

/// 港澳台居民居住证: does a checked number belong to one?
pub fn is_residence_permit(number: &str) -> bool {
    PERMIT_REGIONS.iter().any(|region| number.starts_with(region))
}

/// The birth date in a checked number.
pub fn birth_date(number: &str) -> Option<Date> {
    number.get(6..14).and_then(compact_date)
}

/// 17 digits, then a digit or X.
pub(super) fn check_shape(number: &str) -> Result<(), IdentityFault> {
    only(&number.chars().take(17).collect::<String>(), "数字", |c| c.is_ascii_digit())?;
    match number.chars().last() {
        Some(c) if c.is_ascii_digit() || c == 'X' => Ok(()),
        _ => Err(IdentityFault::Character { position: WEIGHTS.len() + 1, allowed: "数字或者X" }),
    }
}

/// ISO 7064 MOD 11-2 over the first 17 digits. The shape has been checked.
pub(super) fn check_character(number: &str) -> Result<(), IdentityFault> {
    let digits = number.chars().filter_map(|c| c.to_digit(10));
    let sum: u32 = digits.zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    let expected = CHECKS[(sum % 11) as usize];
    if number.ends_with(expected) { Ok(()) } else { Err(IdentityFault::CheckDigit) }
}

fn check_birth(number: &str, today: Date) -> Result<(), IdentityFault> {
    let birth = birth_date(number).ok_or(IdentityFault::BirthDate)?;
    if birth > today {
        return Err(IdentityFault::FutureBirth);
    }
    match parameter(ParameterName::OldestAge, today) {
        Some(limit) if i64::from(today.year() - birth.year()) > i64::from(limit) => {
            Err(IdentityFault::TooOld { limit })
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const TODAY: Date = date(2026, 11, 23);
    const VALID: [&str; 7] = [
        "11010519491231002X",
        "500105199003071231",
        "500105198511300024",
        "500105200102154644",
        "810000198804120014",
        "820000199506060021",
        "830000197912250034",
    ];

    fn fault(number: &str) -> IdentityFault {
        check(number, TODAY).expect_err(number)
    }

    #[test]
    fn known_numbers_are_valid_and_fail_with_one_digit_changed() {
        for number in VALID {
            assert_eq!(check(number, TODAY).map(|c| c.number), Ok(number.to_owned()));
            let serial: u32 = number[16..17].parse().expect("digit");
            let changed = format!("{}{}{}", &number[..16], (serial + 1) % 10, &number[17..]);
            assert_eq!(fault(&changed), IdentityFault::CheckDigit);
        }
    }

    #[test]
    fn lower_case_and_full_width_are_accepted_and_normalised() {
        for typed in ["11010519491231002x", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 002ｘ"]
        {
            assert_eq!(check(typed, TODAY).map(|c| c.number), Ok("11010519491231002X".to_owned()));
        }
    }

    #[test]
    fn each_fault_has_its_own_reason() {
        assert_eq!(fault(""), IdentityFault::Empty);
        assert_eq!(fault("50010519900307123"), IdentityFault::Length { lengths: LENGTH, found: 17 });
        assert_eq!(fault("500105900307123"), IdentityFault::FirstGeneration);
        assert_eq!(
            fault("50010519900307123A"),
            IdentityFault::Character { position: 18, allowed: "数字或者X" }
        );
        assert_eq!(fault("5001051990O3071231"), IdentityFault::Character { position: 11, allowed: "数字" });
        assert_eq!(fault("990105199003071231"), IdentityFault::Region);
        assert_eq!(fault("500105199002301231"), IdentityFault::BirthDate);
        assert_eq!(fault("500105202611241231"), IdentityFault::FutureBirth);
        assert_eq!(fault("500105189503071231"), IdentityFault::TooOld { limit: 130 });
        let permit = check_residence_permit("500105199003071231", TODAY);
        assert_eq!(permit, Err(IdentityFault::NotResidencePermit));
    }

    #[test]
    fn a_child_born_today_is_valid_and_one_born_tomorrow_is_not() {
        let born = |day| {
            let numbers = CHECKS.iter().map(|last| format!("500105{day}123{last}"));
            numbers.map(|number| check(&number, TODAY)).collect::<Vec<_>>()
        };
        assert_eq!(born("20261123").iter().filter(|result| result.is_ok()).count(), 1);
        assert!(born("20261124").iter().all(|result| *result == Err(IdentityFault::FutureBirth)));
    }

    proptest! {
        #[test]
        fn a_single_changed_digit_is_always_found(which in 0..VALID.len(), at in 0..17_usize, step in 1..10_u32) {
            let mut digits: Vec<char> = VALID[which].chars().collect();
            let old = digits[at].to_digit(10).expect("digit");
            digits[at] = char::from_digit((old + step) % 10, 10).expect("digit");
            prop_assert!(check(&digits.into_iter().collect::<String>(), TODAY).is_err());
        }

        #[test]
        fn no_fault_repeats_the_number(text in "[0-9]{15,20}") {
            if let Err(fault) = check(&text, TODAY) {
                prop_assert!(!fault.to_string().contains(&text));
            }
        }
    }
}
