//! `explain`: why a limit ends on that day, whether a number is right. Needs no database and reads none.

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};
use jiff::civil::Weekday;
use serde::Serialize;
use std::io::Write;
use std::process::ExitCode;
use yichuang_domain::calendar::{
    Excluded, Explanation, Span, SpanFault, WorkCalendar, YearStatus, check_spans,
};
use yichuang_domain::identity::{NumberKind, normalise, resident_id};
use yichuang_domain::item::{DayUnit, Limit};
use yichuang_domain::time::Date;

/// What `explain` can be asked.
#[derive(Debug, Subcommand)]
pub enum ExplainCommand {
    /// 期限哪一天到期，哪些日子不计入
    Due(DueArgs),
    /// 号码对不对，错在哪里
    Id(IdArgs),
}

/// `explain due`.
#[derive(Debug, Args)]
pub struct DueArgs {
    /// 起算日（受理或者收件之日，当日不计入），如 2026-09-01
    #[arg(long, value_name = "日期", value_parser = parse_date)]
    from: Date,
    /// 天数；0 表示当日办结
    #[arg(long, value_name = "天数")]
    days: u32,
    /// 停计时段，如 2026-09-10..2026-09-17：首日照计，次日至末日不计；可以多次给出
    #[arg(long, value_name = "起..止", value_parser = parse_span)]
    suspend: Vec<Span>,
    /// workday 工作日，calendar 自然日
    #[arg(long, value_name = "单位", default_value = "workday")]
    unit: UnitWord,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// The words of `--unit`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum UnitWord {
    Workday,
    Calendar,
}

/// `explain id`.
#[derive(Debug, Args)]
pub struct IdArgs {
    /// 号码
    #[arg(value_name = "号码")]
    number: String,
    /// resident-id 公民身份号码，credit-code 统一社会信用代码，item-code 事项编码，exchange-no 办件编号；
    /// 不写时按号码本身判断
    #[arg(long, value_name = "种类", value_parser = parse_kind)]
    kind: Option<NumberKind>,
    /// 输出 JSON
    #[arg(long)]
    json: bool,
}

/// Answers on standard output. A refused suspension or a year without calendar is told on standard error
/// and ends with 2; a wrong number is an answer and ends with 0.
///
/// # Errors
/// When standard output cannot be written.
pub fn run(command: ExplainCommand, today: Date) -> Result<ExitCode> {
    match command {
        ExplainCommand::Due(args) => due(&args),
        ExplainCommand::Id(args) => id(&args, today),
    }
}

/// Reads a date written as 2026-09-01.
pub fn parse_date(text: &str) -> Result<Date, String> {
    Date::strptime("%Y-%m-%d", text).map_err(|_| "没有这一天。请写成 2026-09-01 这样".to_owned())
}

fn parse_span(text: &str) -> Result<Span, String> {
    let (start, end) = text.split_once("..").ok_or("停计时段请写成 2026-09-10..2026-09-17 这样")?;
    Ok(Span { start: parse_date(start)?, end: Some(parse_date(end)?) })
}

fn parse_kind(text: &str) -> Result<NumberKind, String> {
    NumberKind::from_word(text).ok_or_else(|| {
        let words: Vec<_> = NumberKind::TABLE.iter().map(|row| row.1).collect();
        format!("没有这一种类。可以写 {}", words.join("、"))
    })
}

#[derive(Serialize)]
struct DueAnswer {
    due_on: Date,
    provisional: bool,
    excluded: Vec<ExcludedDay>,
}

#[derive(Serialize)]
struct ExcludedDay {
    date: Date,
    reason: String,
}

fn due(args: &DueArgs) -> Result<ExitCode> {
    let unit = match args.unit {
        UnitWord::Workday => DayUnit::Workday,
        UnitWord::Calendar => DayUnit::Calendar,
    };
    let limit = Limit { days: args.days, unit };
    let explanation = match explained(args.from, limit, &args.suspend) {
        Ok(explanation) => explanation,
        Err(fault) => {
            writeln!(std::io::stderr(), "{fault}")?;
            return Ok(ExitCode::from(2));
        }
    };
    if args.json {
        let excluded = explanation.excluded.iter();
        let excluded = excluded.map(|day| ExcludedDay { date: day.date, reason: day.reason.to_string() });
        let due = explanation.due;
        print_json(&DueAnswer {
            due_on: due.on,
            provisional: due.provisional,
            excluded: excluded.collect(),
        })?;
    } else {
        write!(std::io::stdout(), "{}", due_in_words(args.from, limit, &explanation))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn explained(from: Date, limit: Limit, suspensions: &[Span]) -> Result<Explanation, SpanFault> {
    let calendar = WorkCalendar::shipped();
    check_spans(calendar, from, limit, suspensions)?;
    calendar.explain_due(from, limit, suspensions)?.ok_or(SpanFault::Open { start: from })
}

fn due_in_words(from: Date, limit: Limit, explanation: &Explanation) -> String {
    let due = explanation.due;
    let mut text = format!("{}下班前到期。\n", long_date(due.on));
    if limit.days == 0 && due.on == from {
        return text + "即办件，应当在当次办结。\n";
    }
    let unit = match limit.unit {
        DayUnit::Workday => "个工作日",
        DayUnit::Calendar => "个自然日",
    };
    text += &format!("\n自{}起算{}{unit}，以下日期不计入：\n", long_date(from), limit.days);
    for (first, last, reason) in grouped(&explanation.excluded) {
        let days = if first == last {
            short_date(first)
        } else {
            format!("{}至{}", short_date(first), short_date(last))
        };
        text += &format!("  {days}　{reason}\n");
    }
    let mut articles: Vec<String> = Vec::new();
    for day in &explanation.excluded {
        let article = day.reason.citation().to_string();
        if !articles.contains(&article) {
            articles.push(article);
        }
    }
    text += &format!("\n依据：{}。\n", articles.join("，"));
    let provisional = |year: &i16| WorkCalendar::shipped().status(*year) == YearStatus::Provisional;
    if let Some(year) = (from.year()..=due.on.year()).find(provisional) {
        text += &format!(
            "\n此日期为暂定：{year}年放假安排尚未公布，目前按法定节假日和双休日计算，公布后重新计算并告知。\n"
        );
    }
    text
}

/// Neighbouring days with the same reason, as one line.
fn grouped(days: &[Excluded]) -> Vec<(Date, Date, String)> {
    let mut groups: Vec<(Date, Date, String)> = Vec::new();
    for day in days {
        let reason = day.reason.to_string();
        match groups.last_mut() {
            Some((_, last, same)) if *same == reason && last.tomorrow().ok() == Some(day.date) => {
                *last = day.date
            }
            _ => groups.push((day.date, day.date, reason)),
        }
    }
    groups
}

fn long_date(date: Date) -> String {
    let weekday = match date.weekday() {
        Weekday::Monday => "一",
        Weekday::Tuesday => "二",
        Weekday::Wednesday => "三",
        Weekday::Thursday => "四",
        Weekday::Friday => "五",
        Weekday::Saturday => "六",
        Weekday::Sunday => "日",
    };
    format!("{}年{}（星期{weekday}）", date.year(), short_date(date))
}

fn short_date(date: Date) -> String {
    format!("{}月{}日", date.month(), date.day())
}

#[derive(Serialize)]
struct IdAnswer {
    kind: Option<&'static str>,
    valid: bool,
    reason: String,
}

fn id(args: &IdArgs, today: Date) -> Result<ExitCode> {
    let kind = args.kind.or_else(|| NumberKind::recognise(&args.number, today));
    let (valid, reason) = match kind {
        Some(kind) => verdict(kind, &args.number, today),
        None => (false, unrecognised(&args.number)),
    };
    if args.json {
        print_json(&IdAnswer { kind: kind.map(NumberKind::word), valid, reason })?;
    } else {
        let opening = match kind {
            Some(kind) if valid => format!("这是有效的{}。", kind.name()),
            Some(kind) => format!("这不是有效的{}。", kind.name()),
            None => "认不出这是哪一种号码。".to_owned(),
        };
        writeln!(std::io::stdout(), "{opening}{reason}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Valid or not, and why, without the number.
fn verdict(kind: NumberKind, number: &str, today: Date) -> (bool, String) {
    let checked = match kind.check(number, today) {
        Ok(checked) => checked,
        Err(fault) => return (false, fault.to_string()),
    };
    let mut reason = match kind {
        NumberKind::ResidentId if resident_id::is_residence_permit(&checked.number) => {
            "港澳台居民居住证的号码，格式、出生日期和校验码均相符。"
        }
        NumberKind::ResidentId => "格式、出生日期和校验码均相符。",
        NumberKind::CreditCode => "格式和校验码均相符。",
        NumberKind::ItemCode => "格式、实施主体代码的校验码和行使层级均相符。",
        NumberKind::ExchangeNo => "格式、实施主体代码的校验码、日期和流水号均相符。",
    }
    .to_owned();
    for warning in checked.warnings {
        reason += warning.text();
    }
    (true, reason)
}

fn unrecognised(number: &str) -> String {
    match normalise(number).chars().count() {
        0 => "没有填写号码。把号码写在命令后面再试。".to_owned(),
        length => format!(
            "号码共{length}位，而公民身份号码和统一社会信用代码为18位，事项编码为31位或者33位，办件编号为43位。\
             核对有无漏填、多填后再试，或者用 --kind 指明种类。"
        ),
    }
}

fn print_json(answer: &impl Serialize) -> Result<()> {
    writeln!(std::io::stdout(), "{}", serde_json::to_string(answer)?)?;
    Ok(())
}
