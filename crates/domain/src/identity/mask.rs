//! 脱敏: how personal data is shown to those who need not see it whole. Only for display; never stored.

use super::DocumentKind;

/// Compound surnames kept whole.
const COMPOUND: [&str; 12] =
    ["欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯"];

/// 姓名: the surname, then one star for a two-character name, two for longer ones.
pub fn name(name: &str) -> String {
    let count = name.chars().count();
    let kept = if count > 2 && COMPOUND.iter().any(|surname| name.starts_with(surname)) { 2 } else { 1 };
    let stars = if count <= kept { 0 } else { (count - kept).min(2) };
    name.chars().take(kept).chain(std::iter::repeat_n('*', stars)).collect()
}

/// 证件号码: resident numbers 3 + 4 (no birthday), other documents 1 + 3; credit codes of organisations are
/// public and shown whole.
pub fn number(kind: DocumentKind, number: &str) -> String {
    match kind {
        DocumentKind::CreditCode => number.to_owned(),
        DocumentKind::ResidentId | DocumentKind::ResidencePermit => ends(number, 3, 4),
        _ => ends(number, 1, 3),
    }
}

/// 电话: mobiles 3 + 4, landlines the last four digits.
pub fn phone(number: &str) -> String {
    if super::phone::is_mobile(number) { ends(number, 3, 4) } else { ends(number, 0, 4) }
}

/// 电子邮箱: first character and domain.
pub fn email(address: &str) -> String {
    match address.split_once('@') {
        Some((local, domain)) => format!("{}@{domain}", ends(local, 1, 0)),
        None => ends(address, 1, 0),
    }
}

/// Keeps some characters at both ends; what is too short to hide anything is hidden whole.
fn ends(text: &str, head: usize, tail: usize) -> String {
    let count = text.chars().count();
    let hide = |at: usize| count <= head + tail || (head..count - tail).contains(&at);
    text.chars().enumerate().map(|(at, c)| if hide(at) { '*' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let shown = ["张三", "张三丰", "欧阳修", "欧阳", "阿卜杜拉", "张", ""].map(name);
        assert_eq!(shown, ["张*", "张**", "欧阳*", "欧*", "阿**", "张", ""]);
    }

    #[test]
    fn numbers() {
        assert_eq!(number(DocumentKind::ResidentId, "500105199003071231"), "500***********1231");
        assert_eq!(number(DocumentKind::Passport, "E12345678"), "E*****678");
        assert_eq!(number(DocumentKind::TaiwanPermit, "123"), "***");
        assert_eq!(number(DocumentKind::CreditCode, "91500105MA5TEXT11D"), "91500105MA5TEXT11D");
    }

    #[test]
    fn ways_to_reach_a_person() {
        assert_eq!(phone("13800138000"), "138****8000");
        assert_eq!(phone("02367856789"), "*******6789");
        assert_eq!(email("zhang@example.com"), "z****@example.com");
    }
}
