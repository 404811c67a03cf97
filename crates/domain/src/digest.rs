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
    Digest(hasher.finalize().iter().map(|b| format!("{b:02x}")).collect())
}
