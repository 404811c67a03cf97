//! The frame of the command line in Chinese: help headings, and what is wrong with the words typed.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory, Error, FromArgMatches, Parser};
use std::error::Error as _;
use std::io::Write;
use std::process::ExitCode;

const TEMPLATE: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}";

/// Reads the command line; where there is nothing to run, what to print has been printed.
pub fn read<T: Parser + CommandFactory + FromArgMatches>() -> Result<T, ExitCode> {
    let version = Arg::new("version").short('V').long("version").action(ArgAction::Version).help("显示版本");
    let matches = in_chinese(T::command().arg(version)).try_get_matches();
    matches.and_then(|matches| T::from_arg_matches(&matches)).map_err(|error| tell(&error))
}

/// The command and everything below it with Chinese headings and its own help.
fn in_chinese(command: Command) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).help("显示本说明");
    let command = command
        .help_template(TEMPLATE)
        .subcommand_help_heading("命令")
        .subcommand_value_name("命令")
        .disable_help_subcommand(true)
        .disable_help_flag(true)
        .disable_version_flag(true)
        .arg(help)
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "对象" } else { "选项" };
            let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
            arg.help_heading(heading).hide_possible_values(takes_value)
        })
        .mut_args(with_default);
    names.into_iter().fold(command, |command, name| command.mut_subcommand(name, in_chinese))
}

/// Says the default value in the help text.
fn with_default(arg: Arg) -> Arg {
    let default: Vec<String> =
        arg.get_default_values().iter().map(|v| v.to_string_lossy().into_owned()).collect();
    let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
    if default.is_empty() || !takes_value {
        return arg;
    }
    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
    arg.help(format!("{help}（默认 {}）", default.join("、"))).hide_default_value(true)
}

/// Prints what there is to say.
fn tell(error: &Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            // Whoever asked for help and does not read it wants nothing more.
            let _ = write!(std::io::stdout(), "{}", help(error));
            ExitCode::SUCCESS
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            eprint!("{}", help(error));
            ExitCode::from(2)
        }
        _ => {
            eprintln!("{}。下一步：用 --help 查看用法后重新输入。", fault(error));
            ExitCode::from(2)
        }
    }
}

/// The help with the library's own words translated.
fn help(error: &Error) -> String {
    error.render().to_string().replace("[OPTIONS]", "[选项]")
}

/// What is wrong, in one sentence.
fn fault(error: &Error) -> String {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let (arg, value) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue));
    let meant = match (of(ContextKind::SuggestedArg), of(ContextKind::SuggestedSubcommand)) {
        (meant, other) if !meant.is_empty() || !other.is_empty() => format!("，是不是 {meant}{other}"),
        _ => String::new(),
    };
    match error.kind() {
        ErrorKind::InvalidValue if value.is_empty() => format!("参数 {arg} 缺少值"),
        ErrorKind::InvalidValue => {
            format!("参数 {arg} 的值“{value}”不正确，可以是 {}", of(ContextKind::ValidValue))
        }
        ErrorKind::ValueValidation => {
            let why =
                error.source().map(|why| format!("：{}", in_words(&why.to_string()))).unwrap_or_default();
            format!("参数 {arg} 的值“{value}”不正确{why}")
        }
        ErrorKind::UnknownArgument => format!("没有参数 {arg}{meant}"),
        ErrorKind::InvalidSubcommand => format!("没有命令“{}”{meant}", of(ContextKind::InvalidSubcommand)),
        ErrorKind::MissingSubcommand => "缺少命令".to_owned(),
        ErrorKind::MissingRequiredArgument => format!("缺少参数 {arg}"),
        ErrorKind::ArgumentConflict if of(ContextKind::PriorArg) == arg => format!("参数 {arg} 只能给出一次"),
        ErrorKind::ArgumentConflict => format!("参数 {arg} 不能与 {} 同时使用", of(ContextKind::PriorArg)),
        ErrorKind::TooManyValues => format!("参数 {arg} 的值“{value}”多余"),
        _ => format!("命令行无法识别（{arg}{value}）"),
    }
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(word) => word.clone(),
        ContextValue::Strings(words) => words.join("、"),
        other => other.to_string(),
    }
}

/// The library's own words for a number that cannot be read.
fn in_words(why: &str) -> String {
    match why {
        _ if why.starts_with("invalid digit") || why.starts_with("cannot parse") => "应为整数".to_owned(),
        _ if why.starts_with("number too") => "数字超出范围".to_owned(),
        _ => match why.split_once(" is not in ") {
            Some((_, range)) => format!("应在 {} 之间", range.replace("..=", " 至 ").replace("..", " 至 ")),
            None => why.to_owned(),
        },
    }
}
