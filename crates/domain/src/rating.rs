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

    /// The word in a form, e.g. `very_satisfied`.
    pub fn word(self) -> &'static str {
        match self {
            RatingLevel::VerySatisfied => "very_satisfied",
            RatingLevel::Satisfied => "satisfied",
            RatingLevel::BasicallySatisfied => "basically_satisfied",
            RatingLevel::Dissatisfied => "dissatisfied",
            RatingLevel::VeryDissatisfied => "very_dissatisfied",
        }
    }

    /// 评价指标 now in use that belong to this level, by number.
    #[doc(alias = "评价指标")]
    pub fn indicators(self) -> impl Iterator<Item = (u16, &'static str)> {
        let (_, _, first, last) = self.row();
        INDICATORS.into_iter().filter(move |(number, _)| (first..=last).contains(number))
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

/// 国家评价指标 now in use, with the words of each.
pub const INDICATORS: [(u16, &str); 40] = [
    (510, "一窗受理一次办结"),
    (511, "可以先受理后补材料"),
    (512, "不用提交证明"),
    (513, "可以全程网上办理"),
    (514, "可以使用手机办理"),
    (515, "可以就近办理"),
    (516, "无需材料直接办理"),
    (517, "服务热情效率高"),
    (406, "填写一张表单就可完成申报"),
    (407, "在线提交材料窗口核验"),
    (408, "一张清单告知全部申报材料"),
    (409, "用告知承诺减免申报材料"),
    (410, "可以在线预约办理"),
    (411, "跑大厅一次办完"),
    (412, "可以使用自助机办理"),
    (413, "服务态度较好"),
    (307, "一次性告知需要补正的材料"),
    (308, "提供申报材料样本"),
    (309, "在承诺的时间内办结"),
    (310, "办事指南指引准确"),
    (311, "按办事指南要求的材料即可办理"),
    (312, "可以快递送达"),
    (313, "跑动次数与承诺的一致"),
    (314, "服务态度一般"),
    (207, "没有提供材料样本"),
    (208, "没有提供材料清单"),
    (209, "未在承诺时间内办结"),
    (210, "同样内容的证明材料被要求多次提交"),
    (211, "承诺网办但无法在线办理"),
    (212, "在线预约办理后到实体大厅重复取号排队"),
    (213, "窗口人员业务不熟练"),
    (214, "服务态度生硬"),
    (108, "在办事指南之外增加新的审批条件"),
    (109, "需提供办事指南之外的申报材料"),
    (110, "无理由超过法定办理时间"),
    (111, "办事指南提供样本有错"),
    (112, "承诺在线收取申报材料实际无法收取"),
    (113, "多头跑窗口和部门"),
    (114, "跑动次数与承诺的不一致"),
    (115, "服务态度差效率低"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_level_has_its_eight_indicators_and_no_other() {
        for (level, name, first, last) in RatingLevel::TABLE {
            let own: Vec<u16> = level.indicators().map(|(number, _)| number).collect();
            assert_eq!(own, (first..=last).collect::<Vec<_>>(), "{name}");
            assert!(own.iter().all(|number| level.has_indicator(*number)));
            assert_eq!(serde_json::to_value(level).unwrap(), level.word());
        }
    }
}
