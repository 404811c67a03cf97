//! 校验不通过的原因: what is wrong with a number and how to put it right, without the number itself.

/// 号码有误.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentityFault {
    /// Nothing was entered.
    Empty,
    /// Wrong number of characters.
    Length {
        /// Lengths that are right.
        lengths: &'static [usize],
        /// Length found.
        found: usize,
    },
    /// A character that cannot stand there.
    Character {
        /// Its position, from 1.
        position: usize,
        /// What may stand there.
        allowed: &'static str,
    },
    /// 第一代身份证号码, 15 digits.
    FirstGeneration,
    /// The first two digits are no province.
    Region,
    /// Not a number of the residence permit: region is not 810000, 820000 or 830000.
    NotResidencePermit,
    /// No such day in the calendar.
    BirthDate,
    /// Born after today.
    FutureBirth,
    /// Older than anyone.
    TooOld {
        /// The age limit in years.
        limit: u32,
    },
    /// 校验码不符.
    CheckDigit,
    /// The credit code at the head of a longer code is wrong.
    Body(Box<IdentityFault>),
    /// 行使层级 is not 1 to 7.
    Level,
    /// No such day in an exchange number.
    Date,
    /// A serial number of zero, or too large.
    Serial,
    /// The shape of this kind of document is different.
    Shape {
        /// The rule in words.
        rule: &'static str,
    },
}

impl IdentityFault {
    /// What is wrong.
    pub fn what(&self) -> String {
        match self {
            IdentityFault::Empty => "没有填写号码".to_owned(),
            IdentityFault::Length { lengths, found } => {
                let lengths: Vec<_> = lengths.iter().map(|length| format!("{length}位")).collect();
                format!("号码共{found}位，应为{}", lengths.join("或者"))
            }
            IdentityFault::Character { position, allowed } => format!("第{position}位应为{allowed}"),
            IdentityFault::FirstGeneration => "这是15位的第一代身份证号码，已停止使用".to_owned(),
            IdentityFault::Region => "前两位不是省级行政区划代码".to_owned(),
            IdentityFault::NotResidencePermit => "前六位不是港澳台居民居住证的地址码".to_owned(),
            IdentityFault::BirthDate => "第7至14位的出生日期不存在".to_owned(),
            IdentityFault::FutureBirth => "第7至14位的出生日期晚于今天".to_owned(),
            IdentityFault::TooOld { limit } => format!("按出生日期计算的年龄超过{limit}岁"),
            IdentityFault::CheckDigit => "校验码不符，号码中至少有一位有误".to_owned(),
            IdentityFault::Body(inner) => format!("前18位统一社会信用代码有误：{}", inner.what()),
            IdentityFault::Level => "第19位行使层级应为1至7".to_owned(),
            IdentityFault::Date => "第32至39位的日期不存在".to_owned(),
            IdentityFault::Serial => "流水号超出范围".to_owned(),
            IdentityFault::Shape { rule } => format!("号码格式不符，应为{rule}"),
        }
    }

    /// What to do.
    pub fn next(&self) -> &'static str {
        match self {
            IdentityFault::Empty => "填写原件上的号码。",
            IdentityFault::Length { .. } => "对照原件逐位核对，补全漏填或者删去多填的字符。",
            IdentityFault::Character { .. } => "对照原件核对该位，注意数字0、1、2、5与字母O、I、Z、S的区别。",
            IdentityFault::FirstGeneration => "改填现行居民身份证上的18位公民身份号码。",
            IdentityFault::Region => "对照证件核对前两位。",
            IdentityFault::NotResidencePermit => "核对证件种类；持居民身份证的，证件类型改选居民身份证。",
            IdentityFault::BirthDate | IdentityFault::FutureBirth | IdentityFault::TooOld { .. } => {
                "对照证件核对出生日期的八位数字。"
            }
            IdentityFault::CheckDigit => "对照原件逐位重新录入。",
            IdentityFault::Body(_) => "对照实施主体的统一社会信用代码证书核对前18位。",
            IdentityFault::Level => "按行使层级填写：1国家、2省、3市、4县、5镇街、6村居、7分级管理。",
            IdentityFault::Date => "核对受理日期的八位数字，格式为年月日。",
            IdentityFault::Serial => "流水号从1开始编，最多五位；超出的，联系系统管理员。",
            IdentityFault::Shape { .. } => "核对证件种类是否选对，再对照证件重新录入。",
        }
    }
}

impl std::fmt::Display for IdentityFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}。{}", self.what(), self.next())
    }
}

impl std::error::Error for IdentityFault {}

/// 存疑: odd, yet seen in valid numbers; shown, never a reason to refuse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityWarning {
    /// The organisation code inside a credit code fails its own check (GB 11714).
    OrganisationCode,
    /// The region in an item code is neither `00` nor a province.
    Region,
    /// A serial of five digits: the exchange takes 43 characters only.
    LongSerial,
}

impl IdentityWarning {
    /// In one sentence.
    pub fn text(self) -> &'static str {
        match self {
            IdentityWarning::OrganisationCode => "其中的组织机构代码校验码不符，建议核对登记证书。",
            IdentityWarning::Region => "基本编码的区划不在省级行政区划代码之内，建议核对。",
            IdentityWarning::LongSerial => "流水号为五位，本平台可用，上报交换前须另行处理。",
        }
    }
}
