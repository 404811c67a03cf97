//! 隐私保护: parties and free texts opened and held against the digest on record; a person's cases found again; a whole
//! number shown for a purpose; who has read what.
//!
//! What is public here asks for permission and scope; what opens alone is for use cases that have done so.

mod find;
mod open;
mod reads;
mod reveal;

pub use find::{Found, cases_of, find};
pub(crate) use open::{opened, parties_of, party, words};
pub(crate) use reads::Noted;
pub use reads::{Read, reads_of_case};
pub use reveal::{Purpose, Revealed, Whose, reveal};
