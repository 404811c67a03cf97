//! 密钥: one secret of 32 bytes, and what is derived from it (HMAC-SM3): the SM4 key, the keys of digests and of the
//! blind index, and its id. Never printed, never in the database.

use crate::access::random;
use crate::error::AppError;
use aes_gcm::aead::consts::{U12, U16};
use aes_gcm::aead::{Aead as _, Payload};
use aes_gcm::{AesGcm, KeyInit as _};
use hmac::{Hmac, Mac as _};
use sm3::Sm3;
use sm4::Sm4;
use yichuang_domain::digest::hex;
use zeroize::Zeroizing;

/// Bytes of a secret.
const SECRET: usize = 32;
/// Bytes of a block of SM3.
const BLOCK: usize = 64;
/// Bytes of a nonce, 96 bits.
pub(super) const NONCE: usize = 12;
/// Characters of an id.
pub(super) const ID: usize = 8;

/// 密钥.
pub struct Key {
    id: String,
    secret: Zeroizing<[u8; SECRET]>,
    cipher: AesGcm<Sm4, U12, U16>,
    digest: Zeroizing<[u8; SECRET]>,
    index: Zeroizing<[u8; SECRET]>,
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", self.id)
    }
}

impl Key {
    /// The key with this secret.
    pub fn from_secret(secret: [u8; 32]) -> Key {
        let secret = Zeroizing::new(secret);
        let derived = |label: &str| Zeroizing::new(hmac(&secret, &[label.as_bytes()]));
        let (seal, id) = (derived("yichuang/seal"), derived("yichuang/id"));
        let mut cipher = Zeroizing::new([0; 16]);
        cipher.copy_from_slice(&seal[..16]);
        Key {
            id: hex(&id[..])[..ID].to_owned(),
            cipher: AesGcm::new((&*cipher).into()),
            digest: derived("yichuang/digest"),
            index: derived("yichuang/index"),
            secret,
        }
    }

    /// A new key.
    pub fn fresh() -> Result<Key, AppError> {
        Ok(Key::from_secret(random::bytes()?))
    }

    /// Reads [`Key::line`].
    pub(super) fn read(text: &str) -> Option<Key> {
        let text = text.trim();
        let mut secret = Zeroizing::new([0; SECRET]);
        if text.len() != SECRET + SECRET || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        for (at, byte) in secret.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[at + at..][..2], 16).ok()?;
        }
        Some(Key::from_secret(*secret))
    }

    /// The secret as its file holds it: 64 hexadecimal characters and the end of the line.
    pub(crate) fn line(&self) -> Zeroizing<String> {
        let mut line = Zeroizing::new(hex(&self.secret[..]));
        line.push('\n');
        line
    }

    /// 密钥号: eight hexadecimal characters, made from the key: a file under a wrong name is found out.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Nonce, ciphertext, tag.
    pub(super) fn seal(&self, about: &[u8], plain: &[u8]) -> Result<Vec<u8>, AppError> {
        let nonce = random::bytes::<NONCE>()?;
        let sealed = self.cipher.encrypt(&nonce.into(), Payload { msg: plain, aad: about });
        // Fails for more than 64 GiB alone.
        let sealed = sealed.map_err(|_| AppError::Form(vec!["内容过大，删减后重新提交".into()]))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// What was sealed with it about the same; `None`: it was not, or is not what it was.
    pub(super) fn open(&self, about: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        self.cipher.decrypt(nonce.into(), Payload { msg: sealed, aad: about }).ok()
    }

    /// A key of its own for one digest: the same for the same words.
    pub(super) fn for_digest(&self, words: &[&[u8]]) -> [u8; SECRET] {
        hmac(&self.digest, words)
    }

    /// A token of the blind index.
    pub(super) fn token(&self, words: &[&[u8]]) -> [u8; SECRET] {
        hmac(&self.index, words)
    }
}

/// HMAC-SM3 (GM/T 0042) of the parts, each preceded by its length in bytes.
pub(super) fn hmac(key: &[u8; SECRET], parts: &[&[u8]]) -> [u8; SECRET] {
    // A key shorter than a block of SM3 is filled up with zeros.
    let mut block = Zeroizing::new([0; BLOCK]);
    block[..SECRET].copy_from_slice(key);
    let mut mac = Hmac::<Sm3>::new((&*block).into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }

    /// RFC 8998, appendix A.1.
    #[test]
    fn sm4_gcm_is_that_of_the_standard() {
        let key: [u8; 16] = bytes("0123456789ABCDEFFEDCBA9876543210").try_into().unwrap();
        let nonce: [u8; NONCE] = bytes("00001234567800000000ABCD").try_into().unwrap();
        let about = bytes("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2");
        let plain = bytes(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD\
             EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA",
        );
        let expected = bytes(
            "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735\
             D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D\
             83DE3541E4C2B58177E065A9BF7B62EC",
        );
        let cipher = AesGcm::<Sm4, U12, U16>::new((&key).into());
        let sealed = cipher.encrypt(&nonce.into(), Payload { msg: &plain, aad: &about }).unwrap();
        assert_eq!(sealed, expected);
    }

    #[test]
    fn what_is_sealed_opens_whole_and_in_its_place_only() {
        let (key, other) = (Key::from_secret([1; 32]), Key::from_secret([2; 32]));
        let sealed = key.seal(b"parties.body.1", b"number").unwrap();
        assert_eq!(key.open(b"parties.body.1", &sealed).as_deref(), Some(&b"number"[..]));
        assert_eq!(key.open(b"parties.body.2", &sealed), None);
        assert_eq!(other.open(b"parties.body.1", &sealed), None);
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(key.open(b"parties.body.1", &bent), None, "byte {at}");
            assert_eq!(key.open(b"parties.body.1", &sealed[..at]), None, "cut at {at}");
        }
        assert_ne!(sealed, key.seal(b"parties.body.1", b"number").unwrap(), "a nonce is used once");
    }

    #[test]
    fn a_key_is_read_back_and_never_shown() {
        let key = Key::from_secret([7; 32]);
        let again = Key::read(&key.line()).unwrap();
        assert_eq!(again.id(), key.id());
        assert!(!format!("{key:?}").contains("0707"));
        for text in ["", "07", &"0x".repeat(32), &"+7".repeat(32), &"字".repeat(22)] {
            assert!(Key::read(text).is_none(), "{text}");
        }
    }
}
