//! Ed25519: the key of this installation, and anybody's public key in the form that `openssl` reads.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::SystemRandom;
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use sha2::{Digest as _, Sha256};

use crate::domain::error::{Error, code};
use crate::domain::instant::UtcInstant;
use crate::extension::hex;
use crate::store::installation_key::{self, InstallationKey};
use crate::store::{Actor, Commit, Store, StoreError};

/// What stands before the 32 bytes of a key in a SubjectPublicKeyInfo of Ed25519 (RFC 8410).
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
const BEGIN: &str = "-----BEGIN PUBLIC KEY-----";
const END: &str = "-----END PUBLIC KEY-----";

/// Signs. It has no `Debug`.
pub struct SigningKey {
    pair: Ed25519KeyPair,
    pub public: PublicKey,
}

/// Anybody's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl SigningKey {
    /// The key of this installation; `None` until one was needed.
    pub fn find(store: &Store) -> Result<Option<Self>, StoreError> {
        let Some(key) = store.find_installation_key()? else { return Ok(None) };
        Ok(Some(Self::open(&key.private_key)?))
    }

    /// The same, made first where there is none: a commit of its own, on record with its fingerprint.
    pub fn find_or_make(store: &mut Store, now: UtcInstant, actor: &Actor) -> Result<Self, StoreError> {
        if let Some(key) = Self::find(store)? {
            return Ok(key);
        }
        let private_key = Ed25519KeyPair::generate_pkcs8(&SystemRandom::new())
            .map_err(|_| fault("expected randomness from the operating system, found none"))?;
        let public = Self::open(private_key.as_ref())?.public;
        let mut commit = Commit::new(now, actor);
        installation_key::keep(
            &mut commit,
            InstallationKey {
                private_key: private_key.as_ref().to_vec(),
                public_key: public.0.to_vec(),
                fingerprint: public.fingerprint(),
            },
        );
        store.commit(&commit)?;
        Self::find(store)?.ok_or_else(|| fault("expected the key that was just kept, found none").into())
    }

    fn open(private_key: &[u8]) -> Result<Self, Error> {
        let pair = Ed25519KeyPair::from_pkcs8(private_key)
            .map_err(|_| fault("expected the key of this installation to be readable, found another form"))?;
        let public = <[u8; 32]>::try_from(pair.public_key().as_ref())
            .map_err(|_| fault("expected a public key of 32 bytes, found another length"))?;
        Ok(Self { pair, public: PublicKey(public) })
    }

    /// 64 bytes, the same for the same message.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.pair.sign(message).as_ref().to_vec()
    }
}

fn fault(detail: &str) -> Error {
    Error::new(code::INTERNAL, detail)
}

impl PublicKey {
    /// As `openssl pkey -pubin` reads it.
    pub fn pem(&self) -> String {
        format!("{BEGIN}\n{}\n{END}\n", STANDARD.encode(self.spki()))
    }

    /// SHA-256 of the SubjectPublicKeyInfo, 64 hex digits: `openssl pkey -pubin -in key.pem -outform DER | sha256sum`.
    pub fn fingerprint(&self) -> String {
        hex(&Sha256::digest(self.spki()))
    }

    fn spki(&self) -> Vec<u8> {
        [&SPKI[..], &self.0].concat()
    }

    /// `None` where it holds no Ed25519 key in PEM; text around it is passed over, as `openssl` does.
    pub fn from_pem(pem: &str) -> Option<Self> {
        let (_, behind) = pem.split_once(BEGIN)?;
        let (body, _) = behind.split_once(END)?;
        let body: String = body.split_ascii_whitespace().collect();
        let spki = STANDARD.decode(body).ok()?;
        spki.strip_prefix(&SPKI[..])?.try_into().ok().map(Self)
    }

    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.0).verify(message, signature).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_around_a_key_is_passed_over() {
        let key = PublicKey([9; 32]);
        assert_eq!(PublicKey::from_pem(&format!("of the CSP\n{}fingerprint x\n", key.pem())), Some(key));
    }

    #[test]
    fn a_public_key_comes_back_from_its_text() {
        let key = PublicKey([7; 32]);
        assert_eq!(PublicKey::from_pem(&key.pem()), Some(key));
        assert_eq!(PublicKey::from_pem(&key.pem().replace('\n', "\r\n")), Some(key));
        for other in ["", BEGIN, "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n"] {
            assert_eq!(PublicKey::from_pem(other), None, "{other}");
        }
    }
}
