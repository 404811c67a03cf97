//! 护照、通行证、永久居留身份证: by shape; the visible numbers carry no reliable check digit.

use super::{ALPHANUMERIC, Checked, IdentityFault, normalise, resident_id, value_in};

const NEW_PERMANENT_RESIDENCE: usize = 18;

/// 普通护照: E with a digit or letter (no I, O) and seven digits, G with eight digits, or D, S, P (with or
/// without E) with seven or eight digits.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_passport(number: &str) -> Result<Checked, IdentityFault> {
    let rule = "E开头加8位、G开头加8位数字，或者D、S、P开头的公务类护照号码";
    shaped(number, rule, |number| {
        let (first, rest) = number.split_at(1);
        match first {
            "E" => {
                rest.len() == 8
                    && digits(&rest[1..], 7, 7)
                    && rest.starts_with(|c: char| c.is_ascii_alphanumeric() && !matches!(c, 'I' | 'O'))
            }
            "G" => digits(rest, 8, 8),
            "D" | "S" | "P" => digits(rest.strip_prefix('E').unwrap_or(rest), 7, 8),
            _ => false,
        }
    })
}

/// 外国护照: five to fifteen letters and digits.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_foreign_passport(number: &str) -> Result<Checked, IdentityFault> {
    shaped(number, "5至15位字母和数字", |number| (5..=15).contains(&number.len()))
}

/// 港澳居民来往内地通行证: H or M, eight digits, two more on older permits.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_hong_kong_macau_permit(number: &str) -> Result<Checked, IdentityFault> {
    shaped(number, "H或者M开头加8位数字（旧证再加2位）", |number| {
        number.strip_prefix(['H', 'M']).is_some_and(|rest| digits(rest, 8, 8) || digits(rest, 10, 10))
    })
}

/// 台湾居民来往大陆通行证: eight digits, ten on older permits.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_taiwan_permit(number: &str) -> Result<Checked, IdentityFault> {
    shaped(number, "8位数字（旧证10位）", |number| digits(number, 8, 8) || digits(number, 10, 10))
}

/// 外国人永久居留身份证: three letters and twelve digits, or since 2023 eighteen characters that begin with 9
/// and end with the check character of the resident identity number.
///
/// # Errors
/// [`IdentityFault`].
pub fn check_permanent_residence(number: &str) -> Result<Checked, IdentityFault> {
    let rule = "3位字母加12位数字，或者9开头的18位号码";
    let checked = shaped(number, rule, |number| match number.len() {
        15 => number[..3].chars().all(|c| c.is_ascii_alphabetic()) && digits(&number[3..], 12, 12),
        NEW_PERMANENT_RESIDENCE => number.starts_with('9'),
        _ => false,
    })?;
    if checked.number.len() == NEW_PERMANENT_RESIDENCE {
        resident_id::check_shape(&checked.number)?;
        resident_id::check_character(&checked.number)?;
    }
    Ok(checked)
}

/// The check digit a passport's machine-readable line carries after its number (ICAO 9303, weights 7-3-1);
/// `None` when a character cannot stand there.
pub fn machine_readable_check_digit(number: &str) -> Option<u32> {
    let mut sum = 0;
    for (c, weight) in number.chars().zip([7, 3, 1].into_iter().cycle()) {
        let value = if c == '<' { 0 } else { value_in(ALPHANUMERIC, c)? };
        sum += value * weight;
    }
    u32::try_from(sum % 10).ok()
}

fn digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.chars().all(|c| c.is_ascii_digit())
}

fn shaped(number: &str, rule: &'static str, fits: impl Fn(&str) -> bool) -> Result<Checked, IdentityFault> {
    let number = normalise(number);
    if number.is_empty() {
        return Err(IdentityFault::Empty);
    }
    if number.chars().all(|c| c.is_ascii_alphanumeric()) && fits(&number) {
        Ok(Checked::plain(number))
    } else {
        Err(IdentityFault::Shape { rule })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Check = fn(&str) -> Result<Checked, IdentityFault>;

    fn accepts(check: Check, right: &[&str], wrong: &[&str]) {
        for number in right {
            assert!(check(number).is_ok(), "{number}");
        }
        for number in wrong {
            assert!(check(number).is_err(), "{number}");
        }
    }

    #[test]
    fn passports() {
        let right = ["E12345678", "EA1234567", "G12345678", "DE1234567", "P1234567", "ｅ12345678"];
        accepts(check_passport, &right, &["E1234567", "EI1234567", "G1234567A", "X12345678", "护照"]);
        accepts(check_foreign_passport, &["L898902C3", "123456789", "K1234567"], &["L898", "L89890-2C3"]);
    }

    #[test]
    fn permits() {
        let right = ["H12345678", "M87654321", "H1234567801"];
        accepts(check_hong_kong_macau_permit, &right, &["H1234567", "T12345678", "H123456789"]);
        accepts(
            check_taiwan_permit,
            &["12345678", "87654321", "0123456789"],
            &["1234567", "123456789", "A2345678"],
        );
    }

    #[test]
    fn permanent_residence_old_and_new() {
        // 9 + 17 digits; the last fits MOD 11-2, with the digit before it changed it does not.
        let new = (0..10)
            .map(|last| format!("91115619880101001{last}"))
            .find(|n| resident_id::check_character(n).is_ok());
        let new = new.expect("a digit fits");
        let changed = format!("{}2{}", &new[..16], &new[17..]);
        accepts(check_permanent_residence, &["CHN110000000000", &new], &["CH1110000000000", &changed]);
    }

    #[test]
    fn machine_readable_lines() {
        assert_eq!(machine_readable_check_digit("L898902C3"), Some(6));
        assert_eq!(machine_readable_check_digit("L898902C4"), Some(7));
        assert_eq!(machine_readable_check_digit("L8989-2C3"), None);
    }

    #[test]
    fn nothing_entered_is_said_so() {
        assert_eq!(check_passport("  "), Err(IdentityFault::Empty));
    }
}
