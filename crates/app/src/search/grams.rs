//! 检索单元: what texts and queries are cut into. Characters, pairs of characters, pairs of syllables, initials,
//! letters, each packed into one number. Knows nothing of items or of weights.

use pinyin::{ToPinyin, ToPinyinMulti};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

/// Readings of one character that are looked at: 重 is zhong and chong; rare ones beyond these are left out.
const READINGS: usize = 3;
/// Letters of the longest syllable.
const SYLLABLE: usize = 6;

/// 检索单元的种类, the upper bits of a [`Gram`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Kind {
    /// One character.
    Char,
    /// Two characters side by side.
    Pair,
    /// Two syllables side by side, as they sound: 平翘舌、前后鼻音、鼻边音 are one.
    Sound,
    /// Two or three initials side by side.
    Initials,
    /// Three letters of the pinyin side by side.
    Letters,
}

/// 检索单元: a kind and what it is of.
pub type Gram = u64;

fn gram(kind: Kind, left: u64, right: u64) -> Gram {
    (kind as u64) << 60 | left << 30 | right
}

/// The kind of this gram.
pub fn is(kind: Kind, gram: Gram) -> bool {
    gram >> 60 == kind as u64
}

/// A syllable or a few letters in 30 bits.
fn pack(letters: &str) -> u64 {
    letters.bytes().take(SYLLABLE).fold(0, |packed, letter| packed << 5 | u64::from(letter & 31))
}

/// 规整: lower case, full width to half width, only characters that words are made of; anything else parts runs.
pub fn plain(text: &str) -> Vec<char> {
    let mut kept = Vec::with_capacity(text.len() / 2);
    for c in text.chars() {
        let narrow = match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).unwrap_or(c),
            other => other,
        };
        match narrow {
            narrow if narrow.is_ascii_alphanumeric() => kept.push(narrow.to_ascii_lowercase()),
            narrow if narrow.is_alphanumeric() => kept.push(narrow),
            _ if kept.last().is_some_and(|last| *last != ' ') => kept.push(' '),
            _ => {}
        }
    }
    if kept.last() == Some(&' ') {
        kept.pop();
    }
    kept
}

/// 读音: the readings of one character, without tones, and what they sound like.
#[derive(Clone, Copy, Default)]
pub struct Readings {
    spelt: [&'static str; READINGS],
    heard: [u64; READINGS],
    count: usize,
}

impl Readings {
    /// As spelt.
    pub fn spelt(&self) -> &[&'static str] {
        &self.spelt[..self.count]
    }

    fn heard(&self) -> &[u64] {
        &self.heard[..self.count]
    }

    fn look_up(c: char) -> Readings {
        let mut all = Readings::default();
        let mut add = |reading: &'static str| {
            if all.count < READINGS && !all.spelt().contains(&reading) {
                (all.spelt[all.count], all.heard[all.count]) = (reading, sound(reading));
                all.count += 1;
            }
        };
        match c.to_pinyin_multi() {
            Some(several) => several.into_iter().for_each(|one| add(one.plain())),
            None => c.to_pinyin().into_iter().for_each(|one| add(one.plain())),
        }
        all
    }
}

thread_local! {
    /// As looked up before; at most as many as there are characters with a reading.
    static KNOWN: RefCell<HashMap<char, Readings>> = RefCell::default();
}

/// The readings of a character.
pub fn readings(c: char) -> Readings {
    if c.is_ascii() {
        return Readings::default();
    }
    KNOWN.with_borrow_mut(|known| *known.entry(c).or_insert_with(|| Readings::look_up(c)))
}

/// As it sounds, whatever accent: zh as z, n as l, ang as an.
pub fn sound(syllable: &str) -> u64 {
    let spelt = spelt(syllable);
    let folded = spelt.strip_suffix('g').filter(|short| short.ends_with('n')).unwrap_or(&spelt);
    let folded = match folded.as_bytes() {
        [first @ (b'z' | b'c' | b's'), b'h', rest @ ..] => [&[*first], rest].concat(),
        [b'n', rest @ ..] if !rest.is_empty() => [b"l", rest].concat(),
        other => other.to_vec(),
    };
    folded.iter().take(SYLLABLE).fold(0, |packed, letter| packed << 5 | u64::from(letter & 31))
}

/// ü is typed v, or u.
pub fn spelt(syllable: &str) -> String {
    syllable.chars().map(|c| if matches!(c, 'ü' | 'v') { 'u' } else { c }).collect()
}

/// Pairs of sounds in a run of syllables with readings.
fn sounds(run: &[Readings], into: &mut Vec<Gram>) {
    for two in run.windows(2) {
        for left in two[0].heard() {
            into.extend(two[1].heard().iter().map(|right| gram(Kind::Sound, *left, *right)));
        }
    }
}

/// One stretch of a text.
enum Run<'a> {
    Han(&'a [char]),
    Latin(&'a [char]),
}

fn runs(text: &[char]) -> Vec<Run<'_>> {
    let class = |c: &char| {
        if *c == ' ' {
            0
        } else if c.is_ascii() {
            1
        } else {
            2
        }
    };
    let parts = text.chunk_by(|a, b| class(a) == class(b));
    parts
        .filter_map(|part| match class(&part[0]) {
            0 => None,
            1 => Some(Run::Latin(part)),
            _ => Some(Run::Han(part)),
        })
        .collect()
}

/// Characters and pairs of a text, with the pairs of sounds; `typed` also what letters stand for.
pub fn of_text(text: &[char], typed: bool, into: &mut Vec<Gram>) {
    for run in runs(text) {
        match run {
            Run::Latin(letters) => pairs(letters, into),
            Run::Han(characters) => {
                pairs(characters, into);
                let read: Vec<Readings> = characters.iter().map(|c| readings(*c)).collect();
                sounds(&read, into);
                if typed {
                    initials(&read, into);
                    let first = read.iter().filter_map(|several| several.spelt().first());
                    letters(&first.map(|syllable| spelt(syllable)).collect::<String>(), into);
                }
            }
        }
    }
    into.sort_unstable();
    into.dedup();
}

fn pairs(run: &[char], into: &mut Vec<Gram>) {
    into.extend(run.iter().map(|c| gram(Kind::Char, 0, u64::from(*c))));
    into.extend(run.windows(2).map(|two| gram(Kind::Pair, u64::from(two[0]), u64::from(two[1]))));
}

fn initials(run: &[Readings], into: &mut Vec<Gram>) {
    let first = |several: &Readings| -> Vec<u64> {
        let mut all: Vec<u64> = several.spelt().iter().map(|reading| pack(&reading[..1])).collect();
        all.dedup();
        all
    };
    let firsts: Vec<Vec<u64>> = run.iter().map(first).collect();
    for (at, left) in firsts.iter().enumerate() {
        for (a, b) in left.iter().flat_map(|a| firsts.get(at + 1).into_iter().flatten().map(move |b| (a, b)))
        {
            into.push(gram(Kind::Initials, 0, a << 5 | b));
            into.extend(
                firsts
                    .get(at + 2)
                    .into_iter()
                    .flatten()
                    .map(|c| gram(Kind::Initials, 0, a << 10 | b << 5 | c)),
            );
        }
    }
}

fn letters(typed: &str, into: &mut Vec<Gram>) {
    let bytes = typed.as_bytes();
    into.extend(
        bytes
            .windows(3)
            .filter_map(|three| std::str::from_utf8(three).ok())
            .map(|l| gram(Kind::Letters, 0, pack(l))),
    );
}

/// 音节表: every syllable of the texts of an index, to read typed letters by.
#[derive(Debug, Default)]
pub struct Syllables(HashSet<String>);

impl Syllables {
    /// Learns the syllables of a character.
    pub fn learn(&mut self, c: char) {
        for reading in readings(c).spelt() {
            let reading = spelt(reading);
            if !self.0.contains(&reading) {
                self.0.insert(reading);
            }
        }
    }

    /// The pairs of sounds typed letters may stand for, all ways to cut them, as far as they can be cut: who is still
    /// typing has not finished the last one. Empty for letters that are no pinyin.
    pub fn cut(&self, typed: &str) -> Vec<Gram> {
        let typed = spelt(typed);
        let end = typed.len();
        let mut from: Vec<Vec<usize>> = vec![Vec::new(); end + 1];
        let mut reached = vec![false; end + 1];
        reached[0] = true;
        for start in 0..end {
            if !reached[start] {
                continue;
            }
            for stop in start + 1..=end.min(start + SYLLABLE) {
                if self.0.contains(&typed[start..stop]) {
                    reached[stop] = true;
                    from[stop].push(start);
                }
            }
        }
        let last = (0..=end).rev().find(|at| reached[*at]).unwrap_or_default();
        if end - last >= SYLLABLE || last * 2 < end {
            return Vec::new();
        }
        let mut used = vec![false; end + 1];
        used[last] = true;
        let mut found = Vec::new();
        for stop in (1..=last).rev().filter(|at| reached[*at]) {
            if !used[stop] {
                continue;
            }
            for middle in &from[stop] {
                used[*middle] = true;
                let right = sound(&typed[*middle..stop]);
                found.extend(
                    from[*middle]
                        .iter()
                        .map(|start| gram(Kind::Sound, sound(&typed[*start..*middle]), right)),
                );
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// What a run of typed letters may stand for beside pinyin: initials, and pinyin with a slip in it.
pub fn of_letters(typed: &str, into: &mut Vec<Gram>) {
    let bytes = typed.as_bytes();
    let of = |part: &[u8]| part.iter().fold(0, |packed, letter| packed << 5 | u64::from(letter & 31));
    match bytes.len() {
        0 | 1 => {}
        2 => into.push(gram(Kind::Initials, 0, of(bytes))),
        _ => into.extend(bytes.windows(3).map(|three| gram(Kind::Initials, 0, of(three)))),
    }
    if bytes.len() >= 4 {
        letters(&spelt(typed), into);
    }
}

/// 首字母: the initials of a text with all readings, for holding typed ones against.
pub fn first_letters(text: &[char]) -> Vec<Vec<u8>> {
    let of = |c: &char| -> Vec<u8> {
        let read = readings(*c);
        match read.spelt().is_empty() {
            true => u8::try_from(*c).into_iter().collect(),
            false => read.spelt().iter().map(|reading| reading.as_bytes()[0]).collect(),
        }
    };
    text.iter().filter(|c| **c != ' ').map(of).collect()
}

/// 拼音: the letters of a text, first readings.
pub fn spelling(text: &[char]) -> Vec<u8> {
    let mut all = Vec::new();
    for c in text.iter().filter(|c| **c != ' ') {
        match readings(*c).spelt().first() {
            Some(reading) => all.extend(spelt(reading).bytes()),
            None => all.extend(u8::try_from(*c)),
        }
    }
    all
}

/// 编辑距离: the fewest edits that make some part of `text` into `pattern`.
pub fn edits<T: PartialEq>(pattern: &[T], text: &[T]) -> usize {
    let mut above: Vec<usize> = vec![0; text.len() + 1];
    let mut before = above.clone();
    for (row, wanted) in pattern.iter().enumerate() {
        let mut line = vec![row + 1; text.len() + 1];
        for (at, found) in text.iter().enumerate() {
            let other = usize::from(wanted != found);
            line[at + 1] = (above[at] + other).min(above[at + 1] + 1).min(line[at] + 1);
            // Two that changed places are one slip.
            if row > 0 && at > 0 && pattern[row - 1] == *found && text[at - 1] == *wanted {
                line[at + 1] = line[at + 1].min(before[at - 1] + 1);
            }
        }
        before = std::mem::replace(&mut above, line);
    }
    above.into_iter().min().unwrap_or(pattern.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grams(text: &str) -> Vec<Gram> {
        let mut all = Vec::new();
        of_text(&plain(text), true, &mut all);
        all
    }

    #[test]
    fn what_sounds_the_same_is_the_same() {
        let shared = |a: &str, b: &str, kind| {
            let b = grams(b);
            grams(a).into_iter().filter(|gram| is(kind, *gram) && b.contains(gram)).count()
        };
        assert_eq!(shared("食品经营", "视频经营", Kind::Sound), 3);
        assert_eq!(shared("重庆", "虫情", Kind::Sound), 1);
        assert_eq!(shared("重点", "中点", Kind::Sound), 1);
        assert_eq!(shared("银行", "营航", Kind::Sound), 1);
        assert_eq!(shared("食品", "视频", Kind::Pair), 0);
    }

    #[test]
    fn letters_are_cut_in_every_way_they_can_be() {
        let mut syllables = Syllables::default();
        "西安先食品经营".chars().for_each(|c| syllables.learn(c));
        let of =
            |text: &str| grams(text).into_iter().filter(|gram| is(Kind::Sound, *gram)).collect::<Vec<_>>();
        assert_eq!(syllables.cut("xian"), of("西安"));
        let (whole, typing) = (syllables.cut("shipinjingying"), syllables.cut("shipinjingy"));
        assert_eq!((whole.len(), typing.len()), (3, 2), "still typing");
        assert!(whole.iter().chain(&typing).all(|gram| of("食品经营").contains(gram)));
        assert!(syllables.cut("spjy").is_empty());
        assert!(syllables.cut("").is_empty());
    }

    #[test]
    fn slips_are_counted() {
        let of = |pattern: &str, text: &str| edits(&plain(pattern), &plain(text));
        assert_eq!(of("经营", "食品经营许可"), 0);
        assert_eq!(of("经莹", "食品经营许可"), 1);
        assert_eq!(of("营经", "食品经营许可"), 1, "changed places");
        assert_eq!(of("食品经许可", "食品经营许可"), 1, "one is missing");
        assert_eq!(of("", "食品"), 0);
    }

    #[test]
    fn wide_letters_and_signs_are_made_plain() {
        assert_eq!(plain("　ＳＰjy，（食品）！ ").into_iter().collect::<String>(), "spjy 食品");
    }
}
