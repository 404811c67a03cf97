//! 第二因素: time-based codes (RFC 6238) of an authenticator. A code is used once.

use super::{damaged, random};
use crate::error::AppError;
use totp_rs::{Builder, Secret, Totp};
use yichuang_domain::time::Instant;

/// Name of the platform in the authenticator.
const ISSUER: &str = "yichuang";

/// 动态口令的登记: what the authenticator is given, once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret, for typing.
    pub secret: String,
    /// `otpauth:` address, for a QR code.
    pub address: String,
}

/// A new secret for this account.
pub(super) fn enrolment(account: &str) -> Result<Enrolment, AppError> {
    again(account, &Secret::from(random::bytes::<20>()?).to_base32())
}

/// The same secret once more.
pub(super) fn again(account: &str, secret: &str) -> Result<Enrolment, AppError> {
    let label: String = account.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let address = format!("otpauth://totp/{ISSUER}:{label}?secret={secret}&issuer={ISSUER}");
    Ok(Enrolment { secret: secret.to_owned(), address })
}

/// The time step this code belongs to; `None`: it is no code of this moment.
pub(super) fn step(secret: &str, code: &str, at: Instant) -> Result<Option<i64>, AppError> {
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let seconds = u64::try_from(at.0 / 1000).unwrap_or_default();
    Ok(totp(secret)?.check(&code, seconds).map(|step| step as i64))
}

/// The code of this moment. For the demo and for tests.
pub(super) fn code(secret: &str, at: Instant) -> Result<String, AppError> {
    Ok(totp(secret)?.generate(u64::try_from(at.0 / 1000).unwrap_or_default()).to_string())
}

fn totp(secret: &str) -> Result<Totp, AppError> {
    let secret = Secret::try_from_base32(secret).map_err(damaged)?;
    Builder::new().with_secret(secret).build().map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the key "12345678901234567890", last six digits of the eight given.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = Secret::from(*b"12345678901234567890").to_base32();
        let table =
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")];
        for (seconds, expected) in table {
            let at = Instant(seconds * 1000);
            assert_eq!(code(&secret, at).unwrap(), expected);
            assert_eq!(step(&secret, expected, at).unwrap(), Some(seconds / 30));
            assert_eq!(
                step(&secret, &format!("{} {}", &expected[..3], &expected[3..]), at).unwrap(),
                Some(seconds / 30)
            );
            assert_eq!(step(&secret, expected, at.plus(90_000)).unwrap(), None, "three steps later");
        }
        assert_eq!(step(&secret, "abc", Instant(59_000)).unwrap(), None);
    }
}
