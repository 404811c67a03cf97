//! What verification found, and what it could not prove, in words. Looks nothing up.

use std::fmt;
use yichuang_domain::time::Instant;

/// What verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Cases looked at.
    pub cases: u64,
    /// Records whose hash was computed again.
    pub records: u64,
    /// What the anchors have to say.
    pub anchored: Anchored,
    /// The first broken record; `None`: everything holds.
    pub fault: Option<Fault>,
}

/// 锚定情况: what anchors there were to hold the journal against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Anchored {
    /// The last anchor in the database, 0: none.
    pub last: i64,
    /// When it was made, milliseconds UTC.
    pub at: i64,
    /// Cases that have moved since.
    pub since: u64,
    /// The last anchor of the file outside; `None`: no file was given.
    pub in_file: Option<i64>,
    /// A key was given, and the last anchor is signed with it.
    pub by_key: bool,
}

impl Anchored {
    /// What is not proved, one sentence each, with what to do about it.
    pub fn not_proved(&self) -> Vec<String> {
        let mut all = Vec::new();
        if self.last == 0 {
            all.push(
                "没有锚定：日志、办件、操作记录和编号序列如果被一并改写，或者整个数据库被换成较早的副本，无法发现。\
                 下一步：每日运行 journal anchor --anchor-file 文件。"
                    .to_owned(),
            );
            return all;
        }
        match (self.in_file, self.by_key) {
            (None, false) => all.push(
                "没有给出锚文件或者密钥：能改写整个数据库的人也能改写锚定，数据库也可能是较早的副本。\
                 下一步：用 --anchor-file 或者 --key 再核验一次。"
                    .to_owned(),
            ),
            (None, true) => all.push(
                "没有给出锚文件：整个数据库是否被换成较早的副本（包括拿走预写日志 yichuang.db-wal），无法发现。\
                 下一步：用 --anchor-file 再核验一次。"
                    .to_owned(),
            ),
            (Some(in_file), _) if in_file < self.last => all.push(format!(
                "锚文件只到第 {in_file} 号锚定，数据库已到第 {} 号：锚文件未记的部分不能以锚文件为证。\
                 下一步：运行 journal anchor --anchor-file 补写。",
                self.last
            )),
            (Some(_), _) => {}
        }
        all.push(format!(
            "最后一次锚定（第 {} 号，{}）以后的变动（{} 件办件）只有数据库内部的互相印证，其中的记录如果连同印证\
             一并拿走，无法发现。",
            self.last,
            Instant(self.at),
            self.since
        ));
        all
    }
}

/// The first broken record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// 受理编号; empty where the case itself is gone and its number cannot be told; for
    /// [`FaultKind::Undrawn`] what the numbers of the series begin with.
    pub case_no: String,
    /// Id of the case, 0 where only its number is known or no case is meant.
    pub case_id: i64,
    /// Number of the record, 0 where the case as a whole is meant.
    pub seq: i64,
    /// What is wrong.
    pub kind: FaultKind,
}

/// What is wrong. A number is that of an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// 内容被改动: the hash does not follow from the body and the record before.
    Edited,
    /// 记录缺失
    Missing,
    /// 多出记录: a record no act and no case row knows of.
    Inserted,
    /// 链被重算: hashes follow from each other, but not to what the acts witnessed.
    Rechained,
    /// 办件状态行不符: the case row does not say where its journal stands.
    HeadDiffers,
    /// 办件缺失
    CaseMissing,
    /// 编号序列被改动: a case whose number was never drawn. The fault names the series by its prefix.
    Undrawn,
    /// 尾部被截: the anchor has seen this record, and all who knew of it agree that it is not there.
    CutOff(i64),
    /// 整体改写: the anchor has seen another record here, and all who knew of it agree on this one.
    Rewritten(i64),
    /// 锚定缺失: anchors are numbered without a gap.
    AnchorMissing(i64),
    /// 锚定被改动: its hash does not follow from what it says, or it is not chained to the one before.
    AnchorEdited(i64),
    /// 锚定的叶被改动: the root is not that of its leaves.
    LeavesDiffer(i64),
    /// 签名无效
    BadSignature(i64),
    /// 没有签名, although an earlier anchor is, or not with the key given.
    NotSigned(i64),
    /// 与锚文件不符
    FileDiffers(i64),
    /// 数据库比锚文件旧: the file has an anchor the database has not.
    Older(i64),
}

impl FaultKind {
    /// The anchor that is broken itself.
    fn anchor(self) -> Option<i64> {
        match self {
            FaultKind::AnchorMissing(number)
            | FaultKind::AnchorEdited(number)
            | FaultKind::LeavesDiffer(number)
            | FaultKind::BadSignature(number)
            | FaultKind::NotSigned(number)
            | FaultKind::FileDiffers(number)
            | FaultKind::Older(number) => Some(number),
            _ => None,
        }
    }

    /// What is wrong, in words.
    pub fn text(self) -> String {
        let text = match self {
            FaultKind::Edited => "内容或者摘要被改动，摘要对不上",
            FaultKind::Missing => "记录缺失",
            FaultKind::Inserted => "多出一条没有办理操作的记录",
            FaultKind::Rechained => "摘要链被重新计算，与办理操作留存的摘要不符",
            FaultKind::HeadDiffers => "办件状态行与日志不符",
            FaultKind::CaseMissing => "办件缺失",
            FaultKind::Undrawn => "编号序列被删改或者调低，有办件的编号不是由它编出的",
            FaultKind::CutOff(number) => {
                return format!("第 {number} 号锚定时已有这条记录，现在连同操作记录一并缺失");
            }
            FaultKind::Rewritten(number) => {
                return format!("这条记录连同操作记录被一并改写，与第 {number} 号锚定时的摘要不符");
            }
            FaultKind::AnchorMissing(_) => "锚定缺失",
            FaultKind::AnchorEdited(_) => "内容被改动，或者与前一号锚定接不上",
            FaultKind::LeavesDiffer(_) => "所记各办件的摘要被改动，与锚定的根不符",
            FaultKind::BadSignature(_) => "签名无效",
            FaultKind::NotSigned(_) => "没有签名，或者不是用给定的密钥签名的",
            FaultKind::FileDiffers(_) => "与锚文件所记不同",
            FaultKind::Older(_) => "锚文件中有，数据库中没有。数据库是较早的副本，或者不是这个锚文件的数据库",
        };
        text.to_owned()
    }

    fn next_step(self) -> &'static str {
        match self {
            FaultKind::Undrawn => "停止收件，保全数据库文件，从备份核对并报告纪检监察机构。",
            FaultKind::NotSigned(_) => {
                "先核对所给的密钥；密钥无误的，停止办理，保全数据库文件和锚文件，从备份核对并报告纪检监察机构。"
            }
            FaultKind::Older(_) => {
                "先核对数据库和锚文件的位置；刚从备份恢复的，改用更新的备份；否则停止办理，保全数据库文件和锚文件，\
                 报告纪检监察机构。"
            }
            kind if kind.anchor().is_some() => {
                "停止办理，保全数据库文件和锚文件，从备份核对并报告纪检监察机构。"
            }
            _ => "停止办理该办件，保全数据库文件，从备份核对并报告纪检监察机构。",
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.anchor(), self.case_no.as_str()) {
            (Some(number), _) => write!(f, "第 {number} 号锚定")?,
            (None, prefix) if self.kind == FaultKind::Undrawn => write!(f, "受理编号序列 {prefix}")?,
            (None, "") => write!(f, "办件（内部编号 {}）", self.case_id)?,
            (None, case_no) => write!(f, "办件 {case_no}")?,
        }
        if self.seq != 0 {
            write!(f, "第 {} 条记录", self.seq)?;
        }
        write!(f, "：{}。", self.kind.text())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(fault) = &self.fault else {
            write!(f, "日志核验通过：{} 件办件，{} 条记录", self.cases, self.records)?;
            return match self.anchored.last {
                0 => write!(f, "。"),
                last => write!(f, "，{last} 次锚定。"),
            };
        };
        write!(f, "日志核验未通过：{fault}下一步：{}", fault.kind.next_step())
    }
}
