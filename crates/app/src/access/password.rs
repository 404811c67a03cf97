//! 密码: argon2id, and what a new password must be. Holds the one set of parameters. Hashing takes a thread of its
//! own, and few at a time, so that guessing does not starve the desks.

use super::{Policy, damaged, random};
use crate::error::AppError;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{CustomizedPasswordHasher, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::LazyLock;
use tokio::sync::Semaphore;

/// KiB of memory, rounds and lanes of one hash (OWASP's smallest set for argon2id).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);
/// Hashes made at the same time.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is compared with where there is no such account, so that it takes as long.
static NOBODY: LazyLock<Result<String, String>> = LazyLock::new(|| {
    let word = random::token().map_err(|error| error.to_string())?;
    hashed(&word).map_err(|error| error.to_string())
});

fn hashed(password: &str) -> Result<String, AppError> {
    let salt = random::bytes::<16>()?;
    let params = Params::new(COST.0, COST.1, COST.2, None).map_err(damaged)?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon.hash_password_with_salt(password.as_bytes(), &salt).map_err(damaged)?;
    Ok(hash.to_string())
}

/// The hash of a password.
pub(super) async fn hash(password: &str) -> Result<String, AppError> {
    let password = password.to_owned();
    aside(move || hashed(&password)).await?
}

/// The password belongs to one of these hashes; with none, takes the time of one and says no.
pub(super) async fn fits(password: &str, hashes: Vec<String>) -> Result<bool, AppError> {
    let password = password.to_owned();
    let compare = move || {
        // Made once, whoever comes first, known or not.
        let nobody = NOBODY.clone().map_err(damaged)?;
        let (known, hashes) = if hashes.is_empty() { (false, vec![nobody]) } else { (true, hashes) };
        let mut fits = false;
        for hash in &hashes {
            let hash = PasswordHash::new(hash).map_err(damaged)?;
            fits |= Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        }
        Ok(known && fits)
    };
    aside(compare).await?
}

async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
    let _turn = AT_ONCE.acquire().await.map_err(damaged)?;
    tokio::task::spawn_blocking(work).await.map_err(damaged)
}

/// Everything wrong with a new password for this account, each with how to mend it.
pub(super) fn faults(password: &str, account: &str, policy: &Policy) -> Vec<String> {
    let count = password.chars().count();
    let class = |is: fn(&char) -> bool| u32::from(password.chars().any(|c| is(&c)));
    let classes = class(char::is_ascii_uppercase)
        + class(char::is_ascii_lowercase)
        + class(char::is_ascii_digit)
        + class(|c| !c.is_ascii_alphanumeric());
    let mut faults = Vec::new();
    if count < policy.length as usize {
        faults.push(format!("新密码不足 {} 位，增加到 {} 位以上", policy.length, policy.length));
    }
    if count > super::NAME * 2 {
        faults.push(format!("新密码超过 {} 位，缩短后重新填写", super::NAME * 2));
    }
    if classes < policy.classes {
        let least = policy.classes;
        faults.push(format!("新密码的字符种类不足，大写字母、小写字母、数字、符号至少用 {least} 类"));
    }
    if !account.is_empty() && password.to_lowercase().contains(&account.to_lowercase()) {
        faults.push("新密码含有账号，换用与账号无关的密码".into());
    }
    faults
}

/// Known to be argon2id with [`COST`]: what customised verification reads from the hash itself.
const _: fn() = || {
    fn reads_its_own<T: CustomizedPasswordHasher<PasswordHash>>() {}
    reads_its_own::<Argon2<'_>>();
};

#[cfg(test)]
mod tests {
    use super::*;
    use yichuang_domain::time::Date;

    #[test]
    fn a_new_password_says_all_that_is_wrong_with_it() {
        let policy = Policy::on(Date::constant(2026, 11, 23));
        let count = |password: &str| faults(password, "chen", &policy).len();
        assert_eq!(count("Yichuang@2026"), 0);
        assert_eq!(count("abc12"), 2, "short, and two classes");
        assert_eq!(count("abcdefghijk"), 1, "one class");
        assert_eq!(count("Chen-20260101"), 1, "holds the account");
        assert_eq!(count("Ab1-567890"), 0, "ten characters");
        assert_eq!(count("Ab1-56789"), 1, "nine");
        assert_eq!(count(&format!("Ab1-{}", "x".repeat(200))), 1, "nobody hashes a book");
    }

    #[tokio::test]
    async fn a_hash_fits_its_password_alone_and_says_how_it_was_made() {
        let first = hash("Yichuang@2026").await.unwrap();
        let second = hash("Yichuang@2026").await.unwrap();
        assert_ne!(first, second, "salted");
        assert!(first.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{first}");
        assert!(fits("Yichuang@2026", vec![first.clone()]).await.unwrap());
        assert!(!fits("yichuang@2026", vec![first.clone()]).await.unwrap());
        assert!(!fits("Yichuang@2026", vec![]).await.unwrap(), "nobody's password");
        assert!(fits("", vec!["not a hash".into()]).await.is_err(), "a damaged row is not a wrong password");
    }
}
