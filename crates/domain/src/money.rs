//! 金额: fen as whole numbers, shown exactly, rounded once.

use serde::{Deserialize, Serialize};

const FEN_PER_YUAN: u64 = 100;

/// 金额 in fen (1 元 = 100 分); may be negative.
#[doc(alias = "金额")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// This amount times `numerator / denominator`, rounded half up (away from zero) to the fen: the one
    /// place where money is rounded. `None` on a zero denominator or an amount beyond what fits.
    pub fn times(self, numerator: i64, denominator: i64) -> Option<Fen> {
        let exact = i128::from(self.0) * i128::from(numerator);
        let by = i128::from(denominator);
        if by == 0 {
            return None;
        }
        let (size, unit) = (exact.abs(), by.abs());
        let rounded = (size + size + unit) / (unit + unit);
        let signed = if (exact < 0) == (by < 0) { rounded } else { -rounded };
        i64::try_from(signed).ok().map(Fen)
    }

    /// The sum; `None` when it does not fit.
    pub fn plus(self, other: Fen) -> Option<Fen> {
        self.0.checked_add(other.0).map(Fen)
    }
}

impl std::fmt::Display for Fen {
    /// `1,234.56 元`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let size = self.0.unsigned_abs();
        let (yuan, fen) = ((size / FEN_PER_YUAN).to_string(), size % FEN_PER_YUAN);
        let mut grouped = String::new();
        for (at, digit) in yuan.chars().enumerate() {
            if at > 0 && (yuan.len() - at) % 3 == 0 {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        write!(f, "{}{grouped}.{fen:02} 元", if self.0 < 0 { "-" } else { "" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_shown_exactly() {
        let shown = [123_456, 0, 5, 100_000_000, -123_450, 99_999].map(|fen| Fen(fen).to_string());
        assert_eq!(
            shown,
            ["1,234.56 元", "0.00 元", "0.05 元", "1,000,000.00 元", "-1,234.50 元", "999.99 元"]
        );
        assert_eq!(Fen(i64::MIN).to_string(), "-92,233,720,368,547,758.08 元");
    }

    #[test]
    fn a_share_is_rounded_half_up_once() {
        // 80 % of a yearly income, by the month.
        assert_eq!(Fen(5_000_000).times(80, 1200), Some(Fen(333_333)));
        assert_eq!(Fen(5_234_500).times(80, 1200), Some(Fen(348_967)));
        assert_eq!(Fen(348_967).times(3, 2), Some(Fen(523_451)));
        assert_eq!(Fen(348_967).times(1, 2), Some(Fen(174_484)));
        assert_eq!(Fen(-5).times(1, 2), Some(Fen(-3)));
        assert_eq!(Fen(5).times(1, -2), Some(Fen(-3)));
        assert_eq!(Fen(0).times(1, -2), Some(Fen(0)));
    }

    #[test]
    fn what_does_not_fit_is_no_amount() {
        assert_eq!(Fen(1).times(1, 0), None);
        assert_eq!(Fen(i64::MAX).times(2, 1), None);
        assert_eq!(Fen(i64::MAX).plus(Fen(1)), None);
        assert_eq!(Fen(1).plus(Fen(2)), Some(Fen(3)));
    }
}
