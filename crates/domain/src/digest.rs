//! SM3 digests (GB/T 32905): of texts kept outside the journal, of documents, of the journal chain.

use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};

/// SM3 摘要: 32 bytes, written as 64 hexadecimal characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Digest(pub String);

/// The SM3 digest of the parts, one after the other, each preceded by its length in bytes (eight bytes,
/// big endian), so that no two different lists of parts share a digest.
pub fn sm3(parts: &[&[u8]]) -> Digest {
    let mut hasher = Sm3::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    Digest(hex(&hasher.finalize()))
}

/// Two hexadecimal characters for each byte.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] =
        ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    let mut text = String::with_capacity(bytes.len() + bytes.len());
    for byte in bytes.iter().copied().map(usize::from) {
        text.extend([DIGITS[byte / DIGITS.len()], DIGITS[byte % DIGITS.len()]]);
    }
    text
}
