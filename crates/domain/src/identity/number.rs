//! 号码种类: tells what a number is when nobody says so, for `explain id` and the search box.

use super::{Checked, IdentityFault, credit_code, item_code, normalise, resident_id};
use crate::time::Date;

/// 号码种类 that can be told by the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    /// 公民身份号码
    ResidentId,
    /// 统一社会信用代码
    CreditCode,
    /// 事项编码
    ItemCode,
    /// 办件编号
    ExchangeNo,
}

impl NumberKind {
    /// Every kind with the word of the command line and its Chinese name.
    pub const TABLE: [(NumberKind, &'static str, &'static str); 4] = [
        (NumberKind::ResidentId, "resident-id", "公民身份号码"),
        (NumberKind::CreditCode, "credit-code", "统一社会信用代码"),
        (NumberKind::ItemCode, "item-code", "事项编码"),
        (NumberKind::ExchangeNo, "exchange-no", "办件编号"),
    ];

    fn row(self) -> (NumberKind, &'static str, &'static str) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// The word of the command line, e.g. `resident-id`.
    pub fn word(self) -> &'static str {
        self.row().1
    }

    /// Chinese name.
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The kind with this word.
    pub fn from_word(word: &str) -> Option<NumberKind> {
        Self::TABLE.into_iter().find(|row| row.1 == word).map(|row| row.0)
    }

    /// Tells the kind by length and characters; `None` when no kind has this length.
    ///
    /// Eighteen characters are an identity number when 17 digits and a digit or X, unless only the credit
    /// code's check fits.
    pub fn recognise(number: &str, today: Date) -> Option<NumberKind> {
        let number = normalise(number);
        match number.chars().count() {
            15 => Some(NumberKind::ResidentId),
            18 if resident_id::check_shape(&number).is_err() => Some(NumberKind::CreditCode),
            18 if resident_id::check(&number, today).is_err() && credit_code::check(&number).is_ok() => {
                Some(NumberKind::CreditCode)
            }
            18 => Some(NumberKind::ResidentId),
            31 | 33 => Some(NumberKind::ItemCode),
            43 | 44 => Some(NumberKind::ExchangeNo),
            _ => None,
        }
    }

    /// Checks a number of this kind.
    ///
    /// # Errors
    /// [`IdentityFault`].
    pub fn check(self, number: &str, today: Date) -> Result<Checked, IdentityFault> {
        match self {
            NumberKind::ResidentId => resident_id::check(number, today),
            NumberKind::CreditCode => credit_code::check(number),
            NumberKind::ItemCode => item_code::check(number),
            NumberKind::ExchangeNo => item_code::check_exchange_no(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_number_tells_what_it_is() {
        let kind = |number| NumberKind::recognise(number, date(2026, 11, 23));
        assert_eq!(kind("500105199003071231"), Some(NumberKind::ResidentId));
        assert_eq!(kind("500105199003071232"), Some(NumberKind::ResidentId));
        assert_eq!(kind("500105900307123"), Some(NumberKind::ResidentId));
        assert_eq!(kind("91500105MA5TEXT11D"), Some(NumberKind::CreditCode));
        assert_eq!(kind("11500105MB1A0001XT4000131001000"), Some(NumberKind::ItemCode));
        assert_eq!(kind("11500105MB1A0001XT400013100100001"), Some(NumberKind::ItemCode));
        assert_eq!(kind("11500105MB1A0001XT4000131001000202609180001"), Some(NumberKind::ExchangeNo));
        assert_eq!(kind("12345"), None);
    }

    #[test]
    fn words_go_both_ways() {
        for (kind, word, _) in NumberKind::TABLE {
            assert_eq!((NumberKind::from_word(word), kind.word()), (Some(kind), word));
        }
        assert_eq!(NumberKind::from_word("passport"), None);
    }
}
