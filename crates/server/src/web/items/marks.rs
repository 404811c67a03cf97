//! 改动标注: which words of a text went and which came.

use similar::{ChangeTag, TextDiff};

/// 一段文字.
#[derive(Debug, PartialEq, Eq)]
pub struct Mark {
    /// `=` stays, `-` goes, `+` comes.
    pub sign: char,
    pub text: String,
}

/// Less than this share of a text stays: it is shown as replaced, for scattered letters are no help.
const ALIKE: f32 = 0.4;

/// What leads from one text to another, character by character.
pub fn marks(before: &str, after: &str) -> Vec<Mark> {
    let diff = TextDiff::from_chars(before, after);
    if diff.ratio() < ALIKE {
        let whole = [('-', before), ('+', after)].into_iter().filter(|(_, text)| !text.is_empty());
        return whole.map(|(sign, text)| Mark { sign, text: text.to_owned() }).collect();
    }
    let mut marks: Vec<Mark> = Vec::new();
    for change in diff.iter_all_changes() {
        let sign = match change.tag() {
            ChangeTag::Equal => '=',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        };
        match marks.last_mut().filter(|last| last.sign == sign) {
            Some(last) => last.text.push_str(change.value()),
            None => marks.push(Mark { sign, text: change.value().to_owned() }),
        }
    }
    marks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(before: &str, after: &str) -> String {
        marks(before, after)
            .into_iter()
            .map(|mark| match mark.sign {
                '=' => mark.text,
                sign => format!("[{sign}{}]", mark.text),
            })
            .collect()
    }

    #[test]
    fn words_that_came_or_went_are_marked_and_another_text_is_shown_whole() {
        assert_eq!(
            shown("平面图标注功能区；脏净分开", "平面图标注功能区及面积；脏净分开"),
            "平面图标注功能区[+及面积]；脏净分开"
        );
        assert_eq!(shown("7 个工作日", "5 个工作日"), "[-7][+5] 个工作日");
        assert_eq!(shown("复印件", "电子证照"), "[-复印件][+电子证照]");
        assert_eq!(shown("", "新"), "[+新]");
        assert_eq!(shown("同", "同"), "同");
    }
}
