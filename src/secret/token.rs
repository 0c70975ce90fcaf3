//! Tokens and one-use codes: random enough that their plain digest gives nothing away.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::random;
use crate::domain::error::Error;
use crate::extension::hex;

/// 256 random bits in 43 letters, digits, `-` and `_`. Errors: `SEAT-S07`.
pub fn fresh() -> Result<String, Error> {
    Ok(URL_SAFE_NO_PAD.encode(random::<32>()?))
}

/// SHA-256 in hex: what is stored of a token.
pub fn digest(token: &str) -> String {
    hex(&Sha256::digest(token))
}

/// 32 letters and digits, none of which is read for another: five bits each.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// A code for people to type once, 40 bits: `7KQM-2XHB`. Short-lived, and never let in for a second try.
/// Errors: `SEAT-S07`.
pub fn one_use_code() -> Result<String, Error> {
    let letters = random::<8>()?.map(|byte| char::from(ALPHABET[usize::from(byte % 32)]));
    let (front, back) = letters.split_at(4);
    Ok(front.iter().chain(&['-']).chain(back).collect())
}

/// The digest of a code as somebody typed it: in small letters, with other gaps or none.
pub fn digest_of_code(typed: &str) -> String {
    let letters: String = typed.chars().filter(char::is_ascii_alphanumeric).collect();
    digest(&letters.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn tokens_are_long_and_differ() {
        let tokens: HashSet<String> = (0..1000).map(|_| fresh().unwrap()).collect();
        assert_eq!(tokens.len(), 1000);
        let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        assert!(tokens.iter().all(|token| token.len() == 43 && token.chars().all(is_safe)));
    }

    #[test]
    fn a_digest_is_sha_256_in_hex() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn codes_can_be_read_out_loud() {
        let letters: HashSet<u8> = ALPHABET.iter().copied().collect();
        assert!(letters.len() == 32 && b"01IO".iter().all(|letter| !letters.contains(letter)));
        for _ in 0..100 {
            let code = one_use_code().unwrap();
            assert!(code.len() == 9 && code.as_bytes()[4] == b'-', "{code}");
            assert!(code.bytes().all(|byte| byte == b'-' || letters.contains(&byte)), "{code}");
        }
    }

    #[test]
    fn a_code_is_known_however_it_is_typed() {
        assert_eq!(digest_of_code("7KQM-2XHB"), digest_of_code(" 7kqm 2xhb\n"));
        assert_ne!(digest_of_code("7KQM-2XHB"), digest_of_code("7KQM-2XHC"));
    }
}
