//! 读卡器和扫码枪: what a device that types for the clerk sends in one line. Guesses nothing: a line without exactly one
//! number that passes its check is left to the clerk.

use super::{DocumentKind, check, normalise};
use crate::time::Date;

/// 读入的证件.
#[derive(Clone, PartialEq, Eq)]
pub struct Read {
    /// What kind of number it is.
    pub document: DocumentKind,
    /// The number as it is stored.
    pub number: String,
    /// The name, where the line has one.
    pub name: Option<String>,
}

impl std::fmt::Debug for Read {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Read({:?}, …)", self.document)
    }
}

/// Characters of a resident's number and of a credit code.
const LENGTH: usize = 18;

/// The resident's number or credit code in a line of fields, whatever parts them: commas, bars, tabs, an address of
/// the registry behind a code. The name is the first field of Chinese characters before the number.
pub fn read(line: &str, today: Date) -> Option<Read> {
    let mut fields = line.split(|c: char| !c.is_alphanumeric() && c != '·').filter(|field| !field.is_empty());
    let kinds = [DocumentKind::ResidentId, DocumentKind::CreditCode];
    let numbered = |field: &str| {
        let whole = normalise(field);
        let fits = whole.chars().count() == LENGTH && whole.is_ascii();
        let checked = |kind: DocumentKind| Some((kind, check(kind, &whole, today).ok()?.number));
        if fits { kinds.into_iter().find_map(checked) } else { None }
    };
    let mut name = None;
    let (document, number) = fields.by_ref().find_map(|field| {
        let found = numbered(field);
        let words = field.chars().all(|c| !c.is_ascii()) && field.chars().count() > 1;
        if found.is_none() && words && name.is_none() {
            name = Some(field.to_owned());
        }
        found
    })?;
    let other = fields.filter_map(numbered).any(|(_, other)| other != number);
    if other { None } else { Some(Read { document, number, name }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn of(line: &str) -> Option<(DocumentKind, String, Option<String>)> {
        read(line, date(2026, 11, 23)).map(|read| (read.document, read.number, read.name))
    }

    #[test]
    fn lines_of_devices_are_read() {
        let (resident, company) = ("500105199003071231", "91500105MA5TEXT11D");
        let read =
            |kind, number: &str, name: Option<&str>| Some((kind, number.to_owned(), name.map(str::to_owned)));
        assert_eq!(of(resident), read(DocumentKind::ResidentId, resident, None));
        assert_eq!(of("500105１99003071231\r\n"), read(DocumentKind::ResidentId, resident, None));
        let card = format!("演示人|男|汉|19900307|重庆市江北区|{resident}|江北区公安分局");
        assert_eq!(of(&card), read(DocumentKind::ResidentId, resident, Some("演示人")));
        let code = format!("http://gsxt.example.cn/q?uniscid={company}&v=1");
        assert_eq!(of(&code), read(DocumentKind::CreditCode, company, None));
        assert_eq!(
            of(&format!("演示企业有限公司,{company}")),
            read(DocumentKind::CreditCode, company, Some("演示企业有限公司"))
        );
    }

    #[test]
    fn what_is_no_number_or_two_is_left_to_the_clerk() {
        for line in ["", "演示人", "500105199003071232", "500105199003071231,110101199003070310", "E12345678"]
        {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
