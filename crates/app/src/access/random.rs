//! 随机数: the one place that draws them, for tokens, secrets and act ids that nobody may guess.

use super::damaged;
use crate::error::AppError;

/// So many random bytes from the machine.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], AppError> {
    let mut drawn = [0; N];
    getrandom::fill(&mut drawn).map_err(|error| damaged(format!("随机数读不出（{error}）")))?;
    Ok(drawn)
}

/// Sixty-four hexadecimal digits.
pub(crate) fn token() -> Result<String, AppError> {
    Ok(bytes::<32>()?.iter().map(|byte| format!("{byte:02x}")).collect())
}
