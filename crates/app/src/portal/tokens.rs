//! 查询码、评价链接、评价器地址: derived from the secret of the database and what they are for. None is stored, so none
//! can be read out of the database.

use crate::app::App;
use crate::error::AppError;
use yichuang_domain::digest::sm3;
use yichuang_domain::time::Instant;

/// Digits of a query code.
const DIGITS: u32 = 8;
/// How long the page of a case stays open without the code, milliseconds.
const VIEW: i64 = 15 * 60_000;

/// 查询码: eight digits, printed on what the applicant gets.
pub async fn query_code(app: &App, case_no: &str) -> Result<String, AppError> {
    let digest = derived(app, &["query_code", case_no]).await?;
    let number = u64::from_str_radix(&digest[..12], 16).unwrap_or_default() % 10_u64.pow(DIGITS);
    Ok(format!("{number:0width$}", width = DIGITS as usize))
}

/// 评价链接 of a case: for whoever got the result.
pub async fn rating(app: &App, case_no: &str) -> Result<String, AppError> {
    derived(app, &["rating", case_no]).await
}

/// The link is this case's.
pub async fn is_rating(app: &App, case_no: &str, token: &str) -> Result<bool, AppError> {
    Ok(same(&rating(app, case_no).await?, token))
}

/// 评价器地址 of a window: what its device keeps open.
pub async fn evaluator(app: &App, site: &str, window: &str) -> Result<String, AppError> {
    derived(app, &["evaluator", site, window]).await
}

/// The address is this window's.
pub async fn is_evaluator(app: &App, site: &str, window: &str, token: &str) -> Result<bool, AppError> {
    Ok(same(&evaluator(app, site, window).await?, token))
}

/// 查看凭据: for whoever has given number and code, for some minutes.
pub async fn view(app: &App, case_no: &str, now: Instant) -> Result<String, AppError> {
    let until = (now.0 + VIEW).to_string();
    let digest = derived(app, &["view", case_no, &until]).await?;
    Ok(format!("{until}.{digest}"))
}

/// It is for this case and still good.
pub async fn is_view(app: &App, case_no: &str, token: &str, now: Instant) -> Result<bool, AppError> {
    let Some((until, digest)) = token.split_once('.') else { return Ok(false) };
    let good = until.parse::<i64>().is_ok_and(|until| now.0 <= until);
    Ok(good && same(&derived(app, &["view", case_no, until]).await?, digest))
}

async fn derived(app: &App, words: &[&str]) -> Result<String, AppError> {
    app.inner.secret.digest(app, words).await
}

/// The same; how long it takes to say so tells nothing.
pub(super) fn same(right: &str, given: &str) -> bool {
    sm3(&[right.as_bytes()]) == sm3(&[given.as_bytes()])
}
