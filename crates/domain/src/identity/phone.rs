//! 联系电话: mobile and landline numbers by shape.

use super::{Checked, IdentityFault, normalise};

const RULE: &str = "11位手机号码，或者带区号的固定电话（如023-67856789）";
const MOBILE: usize = 11;

/// Checks a mobile or landline number; +86 and 86 before a mobile number are taken off.
///
/// # Errors
/// [`IdentityFault::Empty`] or [`IdentityFault::Shape`].
pub fn check(number: &str) -> Result<Checked, IdentityFault> {
    let number = normalise(number);
    if number.is_empty() {
        return Err(IdentityFault::Empty);
    }
    let bare = number.strip_prefix("+86").or_else(|| number.strip_prefix("86")).unwrap_or(&number);
    if is_mobile(bare) {
        return Ok(Checked::plain(bare.to_owned()));
    }
    if is_landline(&number) { Ok(Checked::plain(number)) } else { Err(IdentityFault::Shape { rule: RULE }) }
}

/// 手机号码: 1, then 3 to 9, eleven digits.
pub fn is_mobile(number: &str) -> bool {
    number.len() == MOBILE
        && digits(number)
        && number.starts_with('1')
        && number[1..].starts_with(|c| ('3'..='9').contains(&c))
}

/// 固定电话: area code (optional), seven or eight digits from 2 to 9, extension (optional).
fn is_landline(number: &str) -> bool {
    let mut parts: Vec<&str> = number.split('-').collect();
    if !parts.iter().all(|part| digits(part)) {
        return false;
    }
    if is_area(parts[0]) && parts.len() > 1 {
        parts.remove(0);
    }
    let extension = parts.get(1).is_none_or(|part| (1..=6).contains(&part.len()));
    parts.len() <= 2 && extension && (is_local(parts[0]) || [3, 4].iter().any(|&n| joined(parts[0], n)))
}

fn is_area(part: &str) -> bool {
    part.starts_with('0') && matches!(part.len(), 3 | 4)
}

fn is_local(part: &str) -> bool {
    matches!(part.len(), 7 | 8) && part.starts_with(|c| ('2'..='9').contains(&c))
}

/// Area code and local number written together.
fn joined(part: &str, area: usize) -> bool {
    part.len() > area && is_area(&part[..area]) && is_local(&part[area..])
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mobiles_and_landlines() {
        for (typed, stored) in [
            ("13800138000", "13800138000"),
            ("19912345678", "19912345678"),
            ("+86 170 1234 5678", "17012345678"),
            ("8613800138000", "13800138000"),
            ("023-67856789", "023-67856789"),
            ("02367856789", "02367856789"),
            ("67856789-8001", "67856789-8001"),
            ("0816-2345678", "0816-2345678"),
        ] {
            assert_eq!(check(typed).map(|c| c.number).as_deref(), Ok(stored));
        }
    }

    #[test]
    fn other_numbers_are_refused() {
        for wrong in ["12800138000", "1380013800", "138001380001", "023-17856789", "12345", "023-", "电话"]
        {
            assert_eq!(check(wrong), Err(IdentityFault::Shape { rule: RULE }), "{wrong}");
        }
        assert_eq!(check(""), Err(IdentityFault::Empty));
    }
}
