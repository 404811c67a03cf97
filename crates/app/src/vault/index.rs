//! 检索凭据: keyed digests by which a number or a telephone is found again. Without the key nobody can tell of which
//! number a token is, nor try numbers one after the other.

use super::{Key, Ring};
use yichuang_domain::applicant::Applicant;
use yichuang_domain::digest::hex;
use yichuang_domain::identity::normalise;
use yichuang_storage::party_index::Tokens;

/// Characters of a tail.
pub(crate) const TAIL: usize = 4;
/// Bytes of a token of a whole number: nobody shares it by chance.
const WHOLE: usize = 16;
/// Bytes of a token of a tail, of which there are few.
const PART: usize = 8;

/// What a token is of. The words never change: they are part of the tokens on record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    Number,
    NumberTail,
    Phone,
    PhoneTail,
}

impl Sought {
    fn word(self) -> (&'static str, usize) {
        match self {
            Sought::Number => ("number", WHOLE),
            Sought::NumberTail => ("number_tail", PART),
            Sought::Phone => ("phone", WHOLE),
            Sought::PhoneTail => ("phone_tail", PART),
        }
    }
}

impl Ring {
    /// What this party is found by.
    pub(crate) fn tokens(&self, party: &Applicant) -> Tokens {
        let of = |sought, text: &str| token(&self.sealing, sought, text);
        let (number, phone) = (normalise(&party.number), normalise(&party.phone));
        Tokens {
            number_tail: of(Sought::NumberTail, &tail(&number)),
            number: of(Sought::Number, &number),
            phone_tail: of(Sought::PhoneTail, &tail(&phone)),
            phone: of(Sought::Phone, &phone),
        }
    }

    /// What these words are found by, whichever key they were put on record with.
    pub(crate) fn sought(&self, sought: Sought, words: &str) -> Vec<String> {
        self.keys.values().map(|key| token(key, sought, &normalise(words))).collect()
    }
}

fn token(key: &Key, sought: Sought, text: &str) -> String {
    let (word, bytes) = sought.word();
    if text.is_empty() {
        return String::new();
    }
    hex(&key.token(&[word.as_bytes(), text.as_bytes()])[..bytes])
}

/// The last characters; nothing where there are no more than these.
pub(crate) fn tail(text: &str) -> String {
    let count = text.chars().count();
    if count > TAIL { text.chars().skip(count - TAIL).collect() } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use yichuang_domain::applicant::PartyKind;
    use yichuang_domain::identity::DocumentKind;

    fn ring(secret: u8) -> Ring {
        let key = Arc::new(Key::from_secret([secret; 32]));
        Ring { keys: [(key.id().to_owned(), key.clone())].into(), sealing: key }
    }

    fn party(number: &str, phone: &str) -> Applicant {
        let (kind, document) = (PartyKind::Person, DocumentKind::ResidentId);
        Applicant { kind, name: "演示".into(), document, number: number.into(), phone: phone.into() }
    }

    #[test]
    fn a_person_is_found_by_what_is_typed_and_told_from_others() {
        let ring = ring(1);
        let tokens = ring.tokens(&party("50010519900307123X", "13800138000"));
        assert_eq!(ring.sought(Sought::Number, " 50010519900307123x"), std::slice::from_ref(&tokens.number));
        assert_eq!(ring.sought(Sought::NumberTail, "123x"), std::slice::from_ref(&tokens.number_tail));
        assert_eq!(ring.sought(Sought::Phone, "１３８00138000"), std::slice::from_ref(&tokens.phone));
        assert_eq!(ring.sought(Sought::PhoneTail, "8000"), std::slice::from_ref(&tokens.phone_tail));
        let other = ring.tokens(&party("500105199003071231", "13800138001"));
        assert!(other.number != tokens.number && other.phone_tail != tokens.phone_tail);
        assert_ne!(ring.sought(Sought::NumberTail, "8000"), [tokens.phone_tail], "a tail of what");
        assert_ne!(super::tests::ring(2).tokens(&party("50010519900307123X", "")).number, tokens.number);
    }

    #[test]
    fn what_is_not_there_has_no_token() {
        let tokens = ring(1).tokens(&party("1234", ""));
        assert_eq!(
            (tokens.phone.as_str(), tokens.phone_tail.as_str(), tokens.number_tail.as_str()),
            ("", "", "")
        );
    }
}
