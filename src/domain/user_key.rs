//! The identity of a user name, and how Citrix scrambles one.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use caseless::Caseless as _;
use sha2::{Digest as _, Sha256};
use unicode_normalization::{UnicodeNormalization as _, is_nfc};

/// The identity key of a user name [R]: Unicode NFC, trimmed, full case folding.
///
/// Case folding knows no locale and makes `Groß`, `GROSS` and `Gross` one user. Keying a key changes
/// nothing, but where folding split a letter in front of a combining accent (`ß` with an acute):
/// store keys, and key names only.
///
/// `CORP\Anna` and `corp\ANNA` are one user; `CORP\anna` and `anna@corp.example` are two, until an
/// operator links them.
pub fn user_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    push_user_key(name, &mut key);
    key
}

/// Appends the identity key of `name` to `keys`: a list of a million names is keyed without a
/// million allocations.
pub fn push_user_key(name: &str, keys: &mut String) {
    if name.is_ascii() {
        let from = keys.len();
        keys.push_str(name.trim());
        keys[from..].make_ascii_lowercase();
    } else if is_nfc(name) {
        keys.extend(name.trim().chars().default_case_fold());
    } else {
        let composed: String = name.nfc().collect();
        keys.extend(composed.trim().chars().default_case_fold());
    }
}

/// A name without domain: neither `DOMAIN\name` nor `name@domain`. It may be another person on every source.
pub fn is_bare(name: &str) -> bool {
    !name.contains(['\\', '@'])
}

/// Whether a name, or the key of one, has the form of a scrambled name: base64 of 16 bytes [D].
///
/// Such a name is not bare: what it hides may well have a domain, so no default domain is put before it.
pub fn is_scrambled(name: &str) -> bool {
    name.len() == 24
        && name.ends_with("==")
        && name.bytes().take(22).all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// Base64 of the first 16 bytes of SHA-256 of the clear text, 24 characters ending in `==` [D].
pub fn scramble(name: &str) -> String {
    STANDARD.encode(&Sha256::digest(name.as_bytes())[..16])
}

#[cfg(test)]
mod tests;
