//! SM2 signatures (GB/T 32918.2) of anchors, and the files their keys are read from.
//!
//! The user id is the default one of GM/T 0009, so that other tools can check a signature with the public key
//! alone. A private key is never printed.

use sm2::dsa::signature::{Signer as _, Verifier as _};
use sm2::dsa::{self, Signature, VerifyingKey};
use sm2::pkcs8::DecodePublicKey as _;
use sm2::{PublicKey as Point, SecretKey};
use yichuang_domain::digest::hex;

/// The user id where nobody has agreed on another (GM/T 0009).
const USER_ID: &str = "1234567812345678";

/// 密钥文件无法使用.
#[derive(Debug, thiserror::Error)]
#[error(
    "不是可用的 SM2 {0}（PEM 或者十六进制）。可以用 openssl genpkey -algorithm SM2 -out 密钥文件 生成私钥，\
     用 openssl pkey -pubout 导出公钥。"
)]
pub struct KeyError(&'static str);

/// 签名私钥.
#[derive(Clone, Debug)]
pub struct SigningKey(dsa::SigningKey);

/// 验签公钥.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(Box<[u8]>);

impl SigningKey {
    /// Reads a private key: PEM (PKCS#8 or SEC 1) or 64 hexadecimal characters.
    pub fn read(text: &str) -> Result<SigningKey, KeyError> {
        let text = text.trim();
        // A block of curve parameters may stand in front of the key.
        let secret = match text.rfind("-----BEGIN") {
            Some(begin) => SecretKey::from_pem(&text[begin..]).ok(),
            None => {
                bytes(text).and_then(|bytes| SecretKey::from_bytes(bytes.as_slice().try_into().ok()?).ok())
            }
        };
        let key = secret.and_then(|secret| dsa::SigningKey::new(USER_ID, &secret).ok());
        key.map(SigningKey).ok_or(KeyError("私钥"))
    }

    /// Its public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_sec1_bytes())
    }

    /// The signature of a text, in hexadecimal characters. The same text gives the same signature.
    pub fn sign(&self, text: &str) -> String {
        let signature: Signature = self.0.sign(text.as_bytes());
        hex(&signature.to_bytes())
    }
}

impl PublicKey {
    /// Reads a public key, or the public half of a private one: PEM or hexadecimal characters.
    pub fn read(text: &str) -> Result<PublicKey, KeyError> {
        let text = text.trim();
        let pem = || Point::from_public_key_pem(text).ok().map(|point| PublicKey(point.to_sec1_bytes()));
        let private = || SigningKey::read(text).ok().map(|key| key.public());
        PublicKey::from_text(text).or_else(pem).or_else(private).ok_or(KeyError("公钥"))
    }

    /// As an anchor names it: the uncompressed point in hexadecimal characters.
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// Reads [`PublicKey::text`].
    pub(crate) fn from_text(text: &str) -> Option<PublicKey> {
        let point = Point::from_sec1_bytes(&bytes(text)?).ok()?;
        Some(PublicKey(point.to_sec1_bytes()))
    }

    /// The signature is this key's, over this text.
    pub fn verify(&self, text: &str, signature: &str) -> bool {
        let key = VerifyingKey::from_sec1_bytes(USER_ID, &self.0).ok();
        let signature = bytes(signature).and_then(|bytes| Signature::from_slice(&bytes).ok());
        key.zip(signature).is_some_and(|(key, signature)| key.verify(text.as_bytes(), &signature).is_ok())
    }
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    let pair = |at| text.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
    (0..text.len()).step_by(2).map(pair).collect()
}
