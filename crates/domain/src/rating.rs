//! 好差评: five levels and the national indicators that belong to each (国办发〔2019〕51号, GB/T 39734).
//!
//! Which digit stands for which level differs between GB/T 39046 and the national interface; the domain
//! value is neither, adapters convert.

use serde::{Deserialize, Serialize};

/// 评价等级.
#[doc(alias = "好差评")]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RatingLevel {
    /// 非常满意
    VerySatisfied,
    /// 满意
    Satisfied,
    /// 基本满意
    BasicallySatisfied,
    /// 不满意
    Dissatisfied,
    /// 非常不满意
    VeryDissatisfied,
}

impl RatingLevel {
    /// Every level with its Chinese name and the inclusive range of the indicators now in use.
    pub const TABLE: [(RatingLevel, &'static str, u16, u16); 5] = [
        (RatingLevel::VerySatisfied, "非常满意", 510, 517),
        (RatingLevel::Satisfied, "满意", 406, 413),
        (RatingLevel::BasicallySatisfied, "基本满意", 307, 314),
        (RatingLevel::Dissatisfied, "不满意", 207, 214),
        (RatingLevel::VeryDissatisfied, "非常不满意", 108, 115),
    ];

    fn row(self) -> (RatingLevel, &'static str, u16, u16) {
        Self::TABLE.into_iter().find(|row| row.0 == self).unwrap_or(Self::TABLE[0])
    }

    /// Chinese name.
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// 差评: the last two levels.
    pub fn bad(self) -> bool {
        matches!(self, RatingLevel::Dissatisfied | RatingLevel::VeryDissatisfied)
    }

    /// The indicator is in use and belongs to this level.
    pub fn has_indicator(self, indicator: u16) -> bool {
        let (_, _, first, last) = self.row();
        (first..=last).contains(&indicator)
    }
}
