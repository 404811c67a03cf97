//! The law as data: acts with their articles (`law/acts`), dated values (`law/parameters`).
//!
//! A [`Citation`] is a value that stands beside the rule it founds; it prints as an official would write it.

pub mod acts;
pub mod parameters;

/// 条文引用: an article of an act in `law/acts`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Citation {
    /// Id of the act, the file name in `law/acts`, e.g. `xkf`.
    pub act: &'static str,
    /// Id of the article in that file, e.g. `32-1-4`.
    pub article: &'static str,
}

impl Citation {
    /// A citation; that it resolves is checked by `cargo xtask tidy` and a test.
    pub const fn new(act: &'static str, article: &'static str) -> Citation {
        Citation { act, article }
    }
}

impl std::fmt::Display for Citation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match acts::article(*self) {
            Some((act, article)) => write!(f, "《{}》{}", act.short, article.label),
            None => write!(f, "{} {}", self.act, self.article),
        }
    }
}
