//! 填写内容的边界: what may be stored as words. Control characters have no place in any of them (PostgreSQL
//! takes no NUL, a terminal obeys ESC), and nothing is longer than a person writes.

use crate::error::AppError;

/// Characters of an act id.
const ACT: usize = 128;
/// Characters of a name, a number, an organ.
const LINE: usize = 200;
/// Characters of an opinion or a reason.
const WORDS: usize = 10_000;

/// One line: trimmed, without control characters. `what` names the field in the message.
pub(crate) fn line(what: &str, text: &str) -> Result<String, AppError> {
    fit(what, text.trim(), LINE, |c| !c.is_control())
}

/// Free text: trimmed, lines and tabs allowed.
pub(crate) fn words(what: &str, text: &str) -> Result<String, AppError> {
    fit(what, text.trim(), WORDS, |c| !c.is_control() || matches!(c, '\n' | '\r' | '\t'))
}

/// 操作号: not empty, one line.
pub(crate) fn act(id: &str) -> Result<(), AppError> {
    if id.is_empty() {
        return Err(AppError::Form(vec!["缺少操作号，刷新页面后重新提交".into()]));
    }
    fit("操作号", id, ACT, |c| !c.is_control()).map(drop)
}

fn fit(what: &str, text: &str, most: usize, allowed: impl Fn(char) -> bool) -> Result<String, AppError> {
    if text.chars().count() > most {
        return Err(AppError::Form(vec![format!("{what}超过 {most} 个字，删减后重新提交")]));
    }
    if !text.chars().all(allowed) {
        return Err(AppError::Form(vec![format!("{what}含有不能显示的字符，删去后重新提交")]));
    }
    Ok(text.to_owned())
}
