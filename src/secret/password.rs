//! Passwords: how they are kept (argon2id), held against what is kept, and refused when they are weak.

use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Algorithm, Argon2, Params, Version};
use unicode_normalization::UnicodeNormalization as _;
use zxcvbn::{Score, zxcvbn};

use super::random;
use crate::domain::error::{Error, code};

/// 19 MiB, two passes, one lane: each hash costs a guesser that much, and us a few hundredths of a second.
fn argon2() -> Result<Argon2<'static>, Error> {
    let params = Params::new(19 * 1024, 2, 1, None).map_err(|error| fault(&error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The hash of a password with its salt and costs, as the text that argon2 programs share.
/// Takes 19 MiB: call it off the async threads, a few at a time. Errors: `SEAT-S07`.
pub fn hash(password: &str) -> Result<String, Error> {
    let salt = SaltString::encode_b64(&random::<16>()?).map_err(|error| fault(&error))?;
    let hash =
        argon2()?.hash_password(composed(password).as_bytes(), &salt).map_err(|error| fault(&error))?;
    Ok(hash.to_string())
}

/// Whether the password is the one of the hash. Costs as much as [`hash`].
pub fn verify(password: &str, phc: &str) -> bool {
    let Ok(kept) = PasswordHash::new(phc) else { return false };
    argon2().is_ok_and(|argon2| argon2.verify_password(composed(password).as_bytes(), &kept).is_ok())
}

/// A hash with the costs of [`hash`]; it lets nobody in, whatever it was made from.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$5lQEiXlJhiAqPx3me7ufSw$qbPtqKDjeMGeSfwIsjgGxo9sytVof4uMPmokNjRvVkw";

/// For a sign-in to an account that does not exist or is disabled: takes as long as [`verify`], so that
/// the time tells nothing, and answers no.
pub fn dummy(password: &str) -> bool {
    verify(password, NOBODY);
    false
}

/// The same letters are the same password, whichever way a keyboard composes them.
fn composed(password: &str) -> String {
    password.nfc().collect()
}

fn fault(error: &dyn std::fmt::Display) -> Error {
    Error::new(code::INTERNAL, format!("expected to hash a password, found: {error}"))
}

/// The shortest and the longest password, in characters.
pub const LENGTH: std::ops::RangeInclusive<usize> = 12..=256;

/// Whether it is hard enough to guess, also for one who knows `names`: that of the account, of the
/// organization. Errors: `SEAT-K07`, with what makes it weak and what helps.
pub fn check_strength(password: &str, names: &[&str]) -> Result<(), Error> {
    let characters = composed(password).chars().count();
    if !LENGTH.contains(&characters) {
        let (least, most) = (LENGTH.start(), LENGTH.end());
        let detail = format!("expected a password of {least} to {most} characters, found {characters}");
        return Err(Error::new(code::PASSWORD_WEAK, detail));
    }
    let known: Vec<&str> = names.iter().copied().chain(["seatledger", "citrix"]).collect();
    let strength = zxcvbn(password, &known);
    if strength.score() >= Score::Three {
        return Ok(());
    }
    let mut detail = "expected a password that is hard to guess, found one that is not.".to_owned();
    if let Some(feedback) = strength.feedback() {
        let warning = feedback.warning().map(|warning| warning.to_string());
        let suggestions = feedback.suggestions().iter().map(ToString::to_string);
        for hint in warning.into_iter().chain(suggestions) {
            detail.push(' ');
            detail.push_str(&hint);
        }
    }
    Err(Error::new(code::PASSWORD_WEAK, detail))
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "harbour violin 93 thaw";

    #[test]
    fn a_password_is_known_by_its_hash_alone() {
        let kept = hash(GOOD).unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(!kept.contains("harbour"));
        assert!(verify(GOOD, &kept));
        assert!(!verify("harbour violin 93 thaW", &kept));
        assert_ne!(hash(GOOD).unwrap(), kept, "each has a salt of its own");
        assert!(!verify(GOOD, "harbour") && !verify("", ""));
    }

    #[test]
    fn accents_may_be_composed_either_way() {
        assert!(verify("cafe\u{301} violin 93 thaw", &hash("caf\u{e9} violin 93 thaw").unwrap()));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let nobody = PasswordHash::new(NOBODY).unwrap();
        let somebody = hash(GOOD).unwrap();
        let somebody = PasswordHash::new(&somebody).unwrap();
        assert_eq!((nobody.algorithm, nobody.version), (somebody.algorithm, somebody.version));
        assert_eq!(nobody.params, somebody.params);
        assert_eq!(nobody.hash.unwrap().len(), somebody.hash.unwrap().len());
        assert!(!dummy(GOOD) && !dummy("nobody"));
    }

    #[test]
    fn weak_passwords_are_refused_with_a_reason() {
        let refused = |password: &str| check_strength(password, &["anna.bergmann"]).unwrap_err();
        assert_eq!(refused("short").code, code::PASSWORD_WEAK);
        assert!(refused("short").detail.ends_with("12 to 256 characters, found 5"));
        assert!(refused(&"long word ".repeat(26)).detail.ends_with("found 260"));
        for weak in [
            "aaaaaaaaaaaaaaa",
            "password12345",
            "qwertyuiopasdf",
            "anna.bergmann1",
            "123456789012",
            "Seatledger2026",
        ] {
            assert!(refused(weak).detail.contains("hard to guess"), "{weak}");
        }
        assert!(refused("aaaaaaaaaaaaaaa").detail.contains("Repeats"));
        assert_eq!(check_strength(GOOD, &["anna"]), Ok(()));
    }
}
