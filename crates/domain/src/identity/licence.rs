//! 电子证照标识 (GB/T 36904): type, issuer, serial, version and a check character by ISO 7064 MOD 37,36.

use super::{ALPHANUMERIC, Checked, IdentityFault, normalise, value_in};

const ROOT: &str = "1.2.156.3005.2.";
const RULE: &str =
    "1.2.156.3005.2后接证照类型（21位）、颁发机构（18位）、流水号、版本（3位）和校验位，以点分隔";

/// Checks an electronic licence mark.
///
/// # Errors
/// [`IdentityFault::Empty`], `Shape` or `CheckDigit`.
pub fn check(mark: &str) -> Result<Checked, IdentityFault> {
    let mark = normalise(mark);
    if mark.is_empty() {
        return Err(IdentityFault::Empty);
    }
    let shape = IdentityFault::Shape { rule: RULE };
    let parts: Vec<&str> = mark.strip_prefix(ROOT).map(|rest| rest.split('.').collect()).unwrap_or_default();
    let [kind, issuer, serial, version, last] = parts[..] else { return Err(shape) };
    if (kind.len(), issuer.len(), version.len(), last.len()) != (21, 18, 3, 1) || serial.is_empty() {
        return Err(shape);
    }
    let expected = check_character(&[kind, issuer, serial, version].concat()).ok_or(shape)?;
    if last.starts_with(expected) { Ok(Checked::plain(mark)) } else { Err(IdentityFault::CheckDigit) }
}

/// ISO 7064 MOD 37,36; `None` when a character is no digit or capital letter.
fn check_character(text: &str) -> Option<char> {
    let modulus = ALPHANUMERIC.len();
    let mut product = modulus;
    for c in text.chars() {
        product = (product + value_in(ALPHANUMERIC, c)?) % modulus;
        if product == 0 {
            product = modulus;
        }
        product = product * 2 % (modulus + 1);
    }
    ALPHANUMERIC.chars().nth((modulus + 1 - product) % modulus)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VALID: [&str; 2] = [
        "1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
        "1.2.156.3005.2.11100000000013338W087.11370800MB28559184.37080001202411010001.001.3",
    ];

    #[test]
    fn marks_in_use_are_valid() {
        for mark in VALID {
            assert!(check(mark).is_ok(), "{mark}: {:?}", check(mark));
        }
    }

    #[test]
    fn each_fault_has_its_own_reason() {
        assert_eq!(check(&VALID[0].replace(".U", ".V")), Err(IdentityFault::CheckDigit));
        assert_eq!(check(""), Err(IdentityFault::Empty));
        for wrong in ["1.2.156", &VALID[0].replace(".001", ".1"), &VALID[0].replace("1.2.156", "1.2.157")] {
            assert_eq!(check(wrong), Err(IdentityFault::Shape { rule: RULE }), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_single_changed_character_is_always_found(which in 0..VALID.len(), at in 15..60_usize, step in 1..36_usize) {
            let mut mark: Vec<char> = VALID[which].chars().collect();
            if let Some(old) = value_in(ALPHANUMERIC, mark[at]) {
                mark[at] = ALPHANUMERIC.chars().nth((old + step) % 36).expect("in the alphabet");
                prop_assert_eq!(check(&mark.into_iter().collect::<String>()), Err(IdentityFault::CheckDigit));
            }
        }
    }
}
