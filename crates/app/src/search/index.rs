//! 检索: the index over the items in force, in memory, and the ranking. Pure: no clock, no database.
//!
//! First every item is scored by the units it shares with the query, a rare one counting more than a common one; then
//! the best are looked at text by text: a text that is said in full counts more than one that is touched.

use super::grams::{
    self, Gram, Kind, Syllables, edits, first_letters, is, of_letters, of_text, plain, spelling,
};
use std::collections::HashMap;

/// Items looked at text by text.
const LOOKED_AT: usize = 32;
/// Entries of lists gone through to find them: the rarest units first.
const GONE_THROUGH: usize = 40_000;
/// Characters of a query that are read.
const LONGEST: usize = 60;
/// Letters a slip is looked for in, at least.
const WORD: usize = 4;

/// 文字的来处: what of an item was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// 部门、领域
    Unit,
    /// 办理结果
    Result,
    /// 情形
    Situation,
    /// 日常说法
    Phrase,
    /// 事项名称
    Name,
}

impl Field {
    /// Of a hundred.
    fn weight(self) -> u8 {
        match self {
            Field::Name => 100,
            Field::Phrase => 95,
            Field::Situation => 60,
            Field::Result => 50,
            Field::Unit => 45,
        }
    }
}

/// 可检索的事项: its texts and its codes.
#[derive(Clone, Debug, Default)]
pub struct Entry {
    /// Everything it may be found by.
    pub texts: Vec<(Field, String)>,
    /// 实施编码 and 业务办理项编码.
    pub codes: Vec<String>,
}

/// 命中: place among the entries, and the text that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Place among the entries.
    pub entry: usize,
    /// How well, only to be compared.
    pub score: f32,
    /// The text that says most, if it was not a code.
    pub why: Option<(Field, String)>,
}

struct Text {
    field: Field,
    words: Box<str>,
}

/// 索引.
#[derive(Default)]
pub struct Index {
    entries: Vec<Vec<Text>>,
    postings: HashMap<Gram, Vec<(u32, u8)>>,
    codes: Vec<(String, u32)>,
    syllables: Syllables,
    filler: Vec<Vec<char>>,
}

/// What a query asks for.
struct Asked {
    /// Units with their weight and how rare they are.
    units: HashMap<Gram, f32>,
    /// What was typed in Chinese, without fillers and gaps.
    words: Vec<char>,
    /// What was typed in letters.
    letters: Vec<u8>,
    /// Pairs of sounds the letters may stand for.
    sounds: Vec<Gram>,
}

impl Index {
    /// The index over these; `filler` are words that ask for nothing.
    pub fn new(entries: Vec<Entry>, filler: &[String]) -> Index {
        let mut index = Index { filler: filler.iter().map(|word| plain(word)).collect(), ..Index::default() };
        index.filler.sort_by_key(|word| std::cmp::Reverse(word.len()));
        let mut grams = Vec::new();
        for (at, entry) in (0..).zip(entries) {
            let mut best: HashMap<Gram, u8> = HashMap::new();
            for (field, words) in &entry.texts {
                let text = plain(words);
                text.iter().for_each(|c| index.syllables.learn(*c));
                grams.clear();
                of_text(&text, *field >= Field::Phrase, &mut grams);
                for gram in &grams {
                    let weight = best.entry(*gram).or_default();
                    *weight = (*weight).max(field.weight());
                }
            }
            for (gram, weight) in best {
                index.postings.entry(gram).or_default().push((at, weight));
            }
            index.codes.extend(entry.codes.into_iter().map(|code| (code.to_ascii_uppercase(), at)));
            let keep = |(field, words): (Field, String)| Text { field, words: words.into() };
            index.entries.push(entry.texts.into_iter().map(keep).collect());
        }
        index.codes.sort_unstable();
        index
    }

    /// Entries in it.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Nothing in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// 查找: at most `limit` entries, the likeliest first; nothing for what nothing is like.
    pub fn find(&self, query: &str, limit: usize) -> Vec<Found> {
        let by_code = self.by_code(query, limit);
        if !by_code.is_empty() {
            return by_code;
        }
        let asked = self.asked(query);
        let mut found: Vec<Found> =
            self.likely(&asked).into_iter().filter_map(|entry| self.looked_at(entry, &asked)).collect();
        let length = |found: &Found| self.entries[found.entry].first().map_or(0, |text| text.words.len());
        found.sort_by(|a, b| {
            b.score.total_cmp(&a.score).then_with(|| length(a).cmp(&length(b))).then(a.entry.cmp(&b.entry))
        });
        let least = found.first().map_or(0.0, |best| best.score * 0.2);
        found.retain(|one| one.score >= least);
        found.truncate(limit);
        found
    }

    /// A code, or its beginning.
    fn by_code(&self, query: &str, limit: usize) -> Vec<Found> {
        let typed: String = query.trim().to_ascii_uppercase();
        if typed.len() < 8
            || !typed.bytes().all(|byte| byte.is_ascii_alphanumeric())
            || !typed.bytes().any(|b| b.is_ascii_digit())
        {
            return Vec::new();
        }
        let from = self.codes.partition_point(|(code, _)| *code < typed);
        let same = self.codes[from..].iter().take_while(|(code, _)| code.starts_with(&typed));
        let mut found: Vec<Found> = Vec::new();
        for (_, entry) in same {
            let entry = *entry as usize;
            if !found.iter().any(|one| one.entry == entry) && found.len() < limit {
                found.push(Found { entry, score: 1.0, why: None });
            }
        }
        found
    }

    fn asked(&self, query: &str) -> Asked {
        let mut typed = plain(query);
        typed.truncate(LONGEST);
        let spoken = self.without_filler(&typed);
        let mut units: HashMap<Gram, f32> = HashMap::new();
        let mut grams = Vec::new();
        of_text(&spoken, false, &mut grams);
        for gram in grams {
            let weight = if is(Kind::Char, gram) {
                0.12
            } else if is(Kind::Pair, gram) {
                0.6
            } else {
                0.4
            };
            self.want(&mut units, gram, weight);
        }
        let latin: Vec<String> = spoken
            .split(|c| !c.is_ascii_lowercase())
            .filter(|run| run.len() > 1)
            .map(|run| run.iter().collect())
            .collect();
        // Letters may be parted by blanks as syllables are, or not at all.
        let together: String = latin.concat();
        let mut sounds = Vec::new();
        for run in latin.iter().chain((latin.len() > 1).then_some(&together)) {
            let cut = self.syllables.cut(run);
            for gram in &cut {
                self.want(&mut units, *gram, 1.0);
            }
            sounds.extend(cut);
            let mut loose = Vec::new();
            of_letters(run, &mut loose);
            for gram in loose {
                self.want(&mut units, gram, if is(Kind::Initials, gram) { 0.8 } else { 0.15 });
            }
        }
        let words = spoken.into_iter().filter(|c| !c.is_ascii()).collect();
        Asked { units, words, letters: grams::spelt(&together).into_bytes(), sounds }
    }

    fn want(&self, units: &mut HashMap<Gram, f32>, gram: Gram, weight: f32) {
        let Some(postings) = self.postings.get(&gram) else { return };
        let rare = (1.0 + self.entries.len() as f32 / postings.len() as f32).ln();
        let unit = units.entry(gram).or_default();
        *unit = unit.max(weight * rare);
    }

    /// The query without what asks for nothing, unless nothing else is left.
    fn without_filler(&self, typed: &[char]) -> Vec<char> {
        let mut kept = Vec::with_capacity(typed.len());
        let mut at = 0;
        while at < typed.len() {
            match self.filler.iter().find(|word| typed[at..].starts_with(word)) {
                Some(word) => {
                    at += word.len();
                    kept.push(' ');
                }
                None => {
                    kept.push(typed[at]);
                    at += 1;
                }
            }
        }
        if kept.iter().all(|c| *c == ' ') { typed.to_vec() } else { kept }
    }

    /// The entries that share most with the query, roughly.
    fn likely(&self, asked: &Asked) -> Vec<usize> {
        let mut units: Vec<(&[(u32, u8)], f32)> = asked
            .units
            .iter()
            .filter_map(|(gram, weight)| Some((self.postings.get(gram)?.as_slice(), *weight)))
            .collect();
        units.sort_by_key(|(postings, _)| postings.len());
        let (mut scores, mut all, mut gone) = (vec![0_f32; self.entries.len()], Vec::new(), 0);
        for (postings, weight) in units {
            gone += postings.len();
            // What stands in very many entries tells little; the looking does count it.
            if gone > GONE_THROUGH && !all.is_empty() {
                break;
            }
            for (entry, of_hundred) in postings {
                let score = &mut scores[*entry as usize];
                if *score == 0.0 {
                    all.push(*entry);
                }
                *score += weight * f32::from(*of_hundred);
            }
        }
        let better = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
        if all.len() > LOOKED_AT {
            all.select_nth_unstable_by(LOOKED_AT, better);
            all.truncate(LOOKED_AT);
        }
        all.into_iter().map(|at| at as usize).collect()
    }

    /// Each unit counts with the text that says it best.
    fn looked_at(&self, entry: usize, asked: &Asked) -> Option<Found> {
        let mut best: HashMap<Gram, f32> = HashMap::new();
        let (mut whole, mut why, mut top) = (0_f32, None, 0_f32);
        let mut grams = Vec::new();
        for text in &self.entries[entry] {
            let characters = plain(&text.words);
            grams.clear();
            of_text(&characters, text.field >= Field::Phrase, &mut grams);
            let (said, mut shared) = (said(&grams, asked), 0.0);
            let quality = f32::from(text.field.weight()) / 100.0 * (0.3 + 0.7 * said * said);
            for gram in &grams {
                if let Some(weight) = asked.units.get(gram) {
                    let unit = best.entry(*gram).or_default();
                    *unit = unit.max(weight * quality);
                    shared += weight * quality;
                }
            }
            let near = text.field >= Field::Phrase && (shared > 0.0 || !asked.letters.is_empty());
            let exact = if near { closeness(&characters, asked) } else { 0.0 };
            let exact = exact * f32::from(text.field.weight()) / 100.0;
            whole = whole.max(exact);
            if shared + exact > top {
                top = shared + exact;
                why = Some((text.field, text.words.to_string()));
            }
        }
        // Single characters, or a few letters of many, in common are chance.
        let heard = asked.sounds.iter().filter(|gram| best.contains_key(gram)).count();
        let telling = if asked.words.is_empty() {
            heard > 0 && heard * 2 >= asked.sounds.len()
        } else {
            asked.words.len() == 1 || best.keys().any(|gram| is(Kind::Pair, *gram) || is(Kind::Sound, *gram))
        };
        if !telling && whole == 0.0 {
            return None;
        }
        Some(Found { entry, score: best.values().sum::<f32>() + whole, why })
    }
}

/// The share of a text that the query says: of its pairs, those that are there, or sound like it.
fn said(grams: &[Gram], asked: &Asked) -> f32 {
    let share = |kind| {
        let of = grams.iter().filter(|gram| is(kind, **gram)).count();
        let shared = grams.iter().filter(|gram| is(kind, **gram) && asked.units.contains_key(gram)).count();
        if of == 0 { 0.0 } else { shared as f32 / of as f32 }
    };
    share(Kind::Pair).max(0.8 * share(Kind::Sound)).max(0.7 * share(Kind::Initials))
}

/// What the whole says beside its parts: the query is this text but for a slip, or its initials.
fn closeness(text: &[char], asked: &Asked) -> f32 {
    let (typed, shorter): (&[char], _) = (&asked.words, asked.words.len().min(text.len()));
    let mut close = 0_f32;
    if shorter >= 2 {
        let slips = if typed.len() <= text.len() { edits(typed, text) } else { edits(text, typed) };
        if slips == 0 || (shorter >= WORD && slips * WORD <= shorter) {
            let covered = shorter as f32 / typed.len().max(text.len()) as f32;
            close = (shorter - slips) as f32 * (0.5 + covered) / (1.0 + slips as f32);
        }
    }
    let letters = &asked.letters;
    if (2..=12).contains(&letters.len()) {
        let initials = first_letters(text);
        let fits = |at: usize| {
            initials[at..].len() >= letters.len()
                && letters.iter().zip(&initials[at..]).all(|(l, all)| all.contains(l))
        };
        if let Some(at) = (0..initials.len()).find(|at| fits(*at)) {
            let covered = letters.len() as f32 / initials.len() as f32;
            let begins = if at == 0 { 1.5 } else { 1.0 };
            close = close.max(letters.len() as f32 * (0.5 + covered) * begins);
        }
    }
    if letters.len() >= WORD {
        let spelling = spelling(text);
        let (short, long) = if letters.len() <= spelling.len() {
            (&letters[..], &spelling[..])
        } else {
            (&spelling[..], &letters[..])
        };
        let slips = edits(short, long);
        if short.len() >= WORD && slips * WORD < short.len() {
            let covered = short.len() as f32 / long.len().max(1) as f32;
            close = close.max((short.len() - slips) as f32 / 2.0 * (0.5 + covered) / (1.0 + slips as f32));
        }
    }
    close
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index() -> Index {
        let entry = |name: &str, phrases: &[&str], code: &str| Entry {
            texts: std::iter::once((Field::Name, name.to_owned()))
                .chain(phrases.iter().map(|phrase| (Field::Phrase, (*phrase).to_owned())))
                .collect(),
            codes: vec![code.to_owned()],
        };
        let entries = vec![
            entry("食品经营许可（新办）", &["火锅店", "餐馆"], "11500105MB1A00036M4000131001000"),
            entry("药品经营许可", &["药店"], "11500105MB1A00036M4000131002000"),
            entry("重庆市排水许可", &["下水道"], "11500105MB1A00036M4000131003000"),
        ];
        Index::new(entries, &["我想".to_owned(), "开".to_owned(), "怎么办".to_owned()])
    }

    fn first(query: &str) -> Option<usize> {
        index().find(query, 3).first().map(|found| found.entry)
    }

    #[test]
    fn each_way_to_say_it_finds_the_item() {
        for (query, entry) in [
            ("食品经营", 0),
            ("我想开火锅店怎么办", 0),
            ("spjy", 0),
            ("ypjy", 1),
            ("shipinjingying", 0),
            ("sipinjinyin", 0),
            ("shipinjignying", 0),
            ("视频经营", 0),
            ("食品营经", 0),
            ("yaodian", 1),
            ("chongqing", 2),
            ("cqsps", 2),
            ("zqsps", 2),
            ("11500105MB1A00036M4000131002", 1),
            ("下水道", 2),
            ("药", 1),
        ] {
            assert_eq!(first(query), Some(entry), "{query}");
        }
    }

    #[test]
    fn nothing_is_found_for_what_nothing_is_like() {
        for query in [
            "",
            "   ",
            "？！",
            "qqqq",
            "script",
            "alert",
            "hello world",
            "𬭎",
            "0",
            "a",
            "'; DROP TABLE items; --",
            "我想开",
        ] {
            assert_eq!(first(query), None, "{query}");
        }
        assert_eq!(Index::default().find("食品", 3), []);
    }

    #[test]
    fn it_says_what_was_found() {
        let found = index().find("火锅店", 3);
        assert_eq!(found[0].why, Some((Field::Phrase, "火锅店".to_owned())));
    }

    #[test]
    fn a_query_of_any_length_is_answered() {
        let long = "食品经营许可".repeat(10_000);
        assert_eq!(index().find(&long, 3)[0].entry, 0);
    }
}
