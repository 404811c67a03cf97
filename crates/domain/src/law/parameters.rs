//! 法定参数: every day count, share and number a law or our own rules fix, dated, from `law/parameters`.
//!
//! Rule code asks here by name and date; it holds no number of its own.

use super::Citation;
use crate::time::Date;
use serde::Deserialize;
use std::sync::LazyLock;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $key:literal,)*) => {
        /// 参数名: the parameters the rules may ask for.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
        pub enum ParameterName { $($(#[$doc])* #[serde(rename = $key)] $name,)* }

        impl ParameterName {
            /// Every name.
            pub const ALL: &'static [ParameterName] = &[$(ParameterName::$name),*];

            /// The name as in `law/parameters`, e.g. `correction_days`.
            pub fn key(self) -> &'static str {
                match self { $(ParameterName::$name => $key,)* }
            }
        }
    };
}

names! {
    /// 补正告知期限, workdays from receipt.
    CorrectionDays = "correction_days",
    /// 许可决定期限, workdays from acceptance.
    StatutoryDays = "statutory_days",
    /// 许可决定期限可延长的天数, workdays, once.
    ExtensionDays = "extension_days",
    /// 统一、联合、集中办理的期限, workdays.
    JointDays = "joint_days",
    /// 统一、联合、集中办理可延长的天数, workdays, once.
    JointExtensionDays = "joint_extension_days",
    /// 下级机关先行审查的期限, workdays.
    PreliminaryReviewDays = "preliminary_review_days",
    /// 证件颁发送达期限, workdays from the decision.
    DeliveryDays = "delivery_days",
    /// 申请听证的期限, workdays from being told.
    HearingRequestDays = "hearing_request_days",
    /// 组织听证的期限, workdays from the request.
    HearingHoldDays = "hearing_hold_days",
    /// 听证通知的提前天数, workdays before the hearing.
    HearingNoticeDays = "hearing_notice_days",
    /// 申请延续的提前天数, workdays before expiry.
    RenewalRequestDays = "renewal_request_days",
    /// 现场核查的最少人数, persons.
    SiteInspectionOfficers = "site_inspection_officers",
    /// 申请行政复议的期限, calendar days.
    ReviewDays = "review_days",
    /// 提起行政诉讼的期限, months.
    LitigationMonths = "litigation_months",
    /// 申请人补正期限, workdays from the notice (ours).
    SupplementDays = "supplement_days",
    /// 评价期限, workdays from delivery (ours).
    RatingDays = "rating_days",
    /// 差评联系核实期限, workdays (ours).
    RatingContactDays = "rating_contact_days",
    /// 差评简单问题整改期限, workdays (ours).
    RatingSimpleDays = "rating_simple_days",
    /// 差评复杂问题整改期限, workdays (ours).
    RatingComplexDays = "rating_complex_days",
    /// 网上预审期限, workdays (ours).
    OnlineCheckDays = "online_check_days",
    /// 黄灯比例, percent of the promised limit (ours).
    YellowLampPercent = "yellow_lamp_percent",
    /// 授权到期提醒的提前天数, calendar days (ours).
    AuthorizationWarningDays = "authorization_warning_days",
    /// 专业性咨询答复期限, workdays (ours).
    QuestionDays = "question_days",
    /// 证件登记的最大年龄, years (ours).
    OldestAge = "oldest_age",
    /// 登录失败次数, within the window, that lock an account (ours).
    SignInFailures = "sign_in_failures",
    /// 登录失败累计时间, minutes (ours).
    SignInWindow = "sign_in_window",
    /// 锁定时间, minutes (ours).
    LockMinutes = "lock_minutes",
    /// 无操作自动退出, minutes (ours).
    IdleMinutes = "idle_minutes",
    /// 一次登录的最长时间, minutes (ours).
    SignInMinutes = "sign_in_minutes",
    /// 密码最短长度, characters (ours).
    PasswordLength = "password_length",
    /// 密码至少含有的字符种类 (ours).
    PasswordClasses = "password_classes",
    /// 密码有效期, calendar days (ours).
    PasswordDays = "password_days",
    /// 不得与最近几次密码相同 (ours).
    PasswordHistory = "password_history",
    /// 上传文件的大小上限, MiB each (ours).
    UploadMebibytes = "upload_mebibytes",
    /// 输错查询码的次数, for one case from one address, before it waits (ours).
    QueryFailures = "query_failures",
    /// 输错查询码的次数 from one address, whatever the case (ours).
    QueryFailuresAddress = "query_failures_address",
    /// 查询码输错累计时间, minutes (ours).
    QueryWindow = "query_window",
    /// 查询码输错后的等待时间, minutes, doubled each time (ours).
    QueryWait = "query_wait",
    /// 评价器显示邀请的时间, minutes (ours).
    EvaluatorMinutes = "evaluator_minutes",
}

/// 单位.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// 工作日
    Workday,
    /// 自然日
    CalendarDay,
    /// 月
    Month,
    /// 年
    Year,
    /// %
    Percent,
    /// 人
    Person,
    /// 分钟
    Minute,
    /// 次
    Time,
    /// 位
    Character,
    /// 类
    Class,
    /// MB (2^20 bytes)
    Mebibyte,
}

impl Unit {
    /// As printed after the number.
    pub fn name(self) -> &'static str {
        match self {
            Unit::Workday => "个工作日",
            Unit::CalendarDay => "日",
            Unit::Month => "个月",
            Unit::Year => "年",
            Unit::Percent => "%",
            Unit::Person => "人",
            Unit::Minute => "分钟",
            Unit::Time => "次",
            Unit::Character => "位",
            Unit::Class => "类",
            Unit::Mebibyte => " MB",
        }
    }
}

/// 可信程度: where a value comes from (the tags of the facts file).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Confidence {
    /// Read in the text of the law or standard.
    V,
    /// Seen in running government systems.
    C,
    /// From memory, to be verified.
    M,
    /// Our own choice.
    I,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    parameters: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: ParameterName,
    title: String,
    unit: Unit,
    citation: String,
    confidence: Confidence,
    values: Vec<Dated>,
}

/// 取值: one value and the day it begins to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dated {
    /// First day.
    pub from: Date,
    /// Value, in the parameter's unit.
    pub value: u32,
}

/// 参数说明: what a parameter is called, counts in and rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// Name.
    pub name: ParameterName,
    /// Chinese title.
    pub title: String,
    /// Unit.
    pub unit: Unit,
    /// The article it rests on.
    pub citation: Citation,
    /// Where the value comes from.
    pub confidence: Confidence,
    /// Values, oldest first.
    pub values: Vec<Dated>,
}

const FILES: [(&str, &str); 4] = [
    ("licensing", include_str!("../../../../law/parameters/licensing.toml")),
    ("remedies", include_str!("../../../../law/parameters/remedies.toml")),
    ("platform", include_str!("../../../../law/parameters/platform.toml")),
    ("access", include_str!("../../../../law/parameters/access.toml")),
];

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| {
    let read = |(name, text): (&str, &str)| match toml::from_str::<File>(text) {
        Ok(file) => file.parameters,
        Err(error) => panic!("law/parameters/{name}.toml is part of the program and cannot be read: {error}"),
    };
    FILES.into_iter().flat_map(read).collect()
});

/// One entry per name, in the order of the enum, so that a look-up is an index.
static TABLE: LazyLock<Vec<Parameter>> =
    LazyLock::new(|| ParameterName::ALL.iter().map(|&name| assemble(name)).collect());

fn assemble(name: ParameterName) -> Parameter {
    let Some(row) = ROWS.iter().find(|row| row.name == name) else {
        panic!("law/parameters has no value for {}", name.key());
    };
    let (act, article) = row.citation.split_once(' ').unwrap_or((&row.citation, ""));
    let mut values = row.values.clone();
    values.sort_by_key(|dated| dated.from);
    Parameter {
        name,
        title: row.title.clone(),
        unit: row.unit,
        citation: Citation::new(act, article),
        confidence: row.confidence,
        values,
    }
}

/// The value in force on this date; `None` before the first date the files know.
pub fn parameter(name: ParameterName, on: Date) -> Option<u32> {
    describe(name).values.iter().rev().find(|dated| dated.from <= on).map(|dated| dated.value)
}

/// Title, unit, citation and all dated values.
pub fn describe(name: ParameterName) -> &'static Parameter {
    &TABLE[name as usize]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::law::acts::article;
    use jiff::civil::date;
    use std::collections::HashSet;

    #[test]
    fn every_name_stands_once_in_the_files_with_a_citation_that_resolves() {
        let mut seen = HashSet::new();
        for row in ROWS.iter() {
            assert!(seen.insert(row.name), "{} stands twice", row.name.key());
            assert!(!row.values.is_empty(), "{} has no value", row.name.key());
        }
        assert_eq!(seen.len(), ParameterName::ALL.len());
        for &name in ParameterName::ALL {
            let found = describe(name);
            assert_eq!(found.name, name);
            assert!(article(found.citation).is_some(), "{} cites {:?}", name.key(), found.citation);
        }
    }

    #[test]
    fn our_own_values_rest_on_our_own_rules_and_only_they() {
        for &name in ParameterName::ALL {
            let found = describe(name);
            assert_eq!(found.confidence == Confidence::I, found.citation.act == "yichuang", "{}", name.key());
        }
    }

    #[test]
    fn a_value_holds_from_its_day_and_not_the_day_before() {
        let name = ParameterName::CorrectionDays;
        assert_eq!(parameter(name, date(2004, 6, 30)), None);
        assert_eq!(parameter(name, date(2004, 7, 1)), Some(5));
        assert_eq!(parameter(ParameterName::StatutoryDays, date(2026, 11, 23)), Some(20));
        assert_eq!(parameter(ParameterName::LitigationMonths, date(2026, 11, 23)), Some(6));
    }
}
