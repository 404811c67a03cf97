//! 统一社会信用代码 (GB 32100): 18 characters, MOD 31; inside it the organisation code with its own check
//! character (GB 11714), whose failure is only a warning.

use super::{ALPHANUMERIC, Checked, IdentityFault, IdentityWarning, of_length, only, value_in};

const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const ORGANISATION_WEIGHTS: [usize; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
const LENGTH: &[usize] = &[18];

/// Checks a unified social credit code: alphabet, region digits, MOD 31. Regions are historic and are not
/// looked up.
///
/// # Errors
/// [`IdentityFault`].
pub fn check(number: &str) -> Result<Checked, IdentityFault> {
    let number = of_length(number, LENGTH)?;
    only(&number, "数字或者I、O、S、V、Z以外的大写字母", |c| value_in(ALPHABET, c).is_some())?;
    if let Some(at) = number[2..8].find(|c: char| !c.is_ascii_digit()) {
        return Err(IdentityFault::Character {
            position: 2 + at + 1, allowed: "数字（登记机关行政区划）"
        });
    }
    let values = number.chars().filter_map(|c| value_in(ALPHABET, c));
    let sum: usize = values.zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
    let expected = (31 - sum % 31) % 31;
    if number.chars().last().and_then(|c| value_in(ALPHABET, c)) != Some(expected) {
        return Err(IdentityFault::CheckDigit);
    }
    let warnings =
        if organisation_code_fits(&number[8..17]) { vec![] } else { vec![IdentityWarning::OrganisationCode] };
    Ok(Checked { number, warnings })
}

/// GB 11714: eight characters and a check character, 10 written as X.
fn organisation_code_fits(code: &str) -> bool {
    let values = code.chars().filter_map(|c| value_in(ALPHANUMERIC, c));
    let sum: usize = values.zip(ORGANISATION_WEIGHTS).map(|(value, weight)| value * weight).sum();
    let expected = match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit as u32, 10).unwrap_or('X'),
    };
    code.ends_with(expected)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: [&str; 11] = [
        "91500105MA5TEXT11D",
        "91500105MA60AB125Y",
        "11500105MB1A0001XT",
        "92500105MA7XYW010C",
        "52500105MJ00000181",
        "12500105450401231J",
        "11310000MB2F30661Y",
        "12441500196720244T",
        "91350100M000100Y43",
        "11500228MB19576560",
        "11500222MB15330524",
    ];

    fn fault(number: &str) -> IdentityFault {
        check(number).expect_err(number)
    }

    #[test]
    fn known_codes_are_valid_without_warning() {
        for number in VALID {
            assert_eq!(
                check(number),
                Ok(Checked { number: number.to_owned(), warnings: vec![] }),
                "{number}"
            );
        }
    }

    #[test]
    fn lower_case_is_accepted() {
        assert_eq!(check("91500105ma5text11d").map(|c| c.number), Ok(VALID[0].to_owned()));
    }

    #[test]
    fn each_fault_has_its_own_reason() {
        assert_eq!(fault("91500105MA5TEXT11"), IdentityFault::Length { lengths: LENGTH, found: 17 });
        assert!(matches!(fault("91500105MA5TEXTI1D"), IdentityFault::Character { position: 16, .. }));
        assert!(matches!(fault("915001A5MA5TEXT11D"), IdentityFault::Character { position: 7, .. }));
        assert_eq!(fault("91500105MA5TEXT12D"), IdentityFault::CheckDigit);
        assert_eq!(fault("11370500004311394A"), IdentityFault::CheckDigit);
    }

    #[test]
    fn a_wrong_organisation_code_is_only_a_warning() {
        // The organisation code's check character X is now 1; the last character is right again.
        let fixed =
            ALPHABET.chars().map(|last| format!("11500105MB1A00011{last}")).find(|n| check(n).is_ok());
        let checked = check(&fixed.expect("one of 31 fits")).expect("valid");
        assert_eq!(checked.warnings, [IdentityWarning::OrganisationCode]);
    }

    proptest! {
        #[test]
        fn a_single_changed_character_is_always_found(which in 0..VALID.len(), at in 0..18_usize, step in 1..31_usize) {
            let mut code: Vec<char> = VALID[which].chars().collect();
            let old = value_in(ALPHABET, code[at]).expect("in the alphabet");
            code[at] = ALPHABET.chars().nth((old + step) % 31).expect("in the alphabet");
            prop_assert!(check(&code.into_iter().collect::<String>()).is_err());
        }
    }
}
