//! A default domain: what stands before the bare names of one source.

use super::error::{Error, code, quoted};

/// As long as a name in DNS may be.
const MOST: usize = 253;

/// The domain, trimmed: `CORP`, or `csp.example`.
///
/// Errors: `SEAT-A14` for one that is empty, longer than 253 bytes, or holds `\`, `@`, a blank or a control character:
/// with those it would be a name, not a domain.
pub fn checked(given: &str) -> Result<String, Error> {
    let domain = given.trim();
    let is_odd = |c: char| matches!(c, '\\' | '@' | '/' | '"') || c.is_control() || c.is_whitespace();
    if domain.is_empty() || domain.len() > MOST || domain.chars().any(is_odd) {
        let expected = "a domain of 1 to 253 bytes without \\, @, /, quotes or blanks";
        return Err(Error::new(
            code::DOMAIN_INVALID,
            format!("expected {expected}, found {}", quoted(given)),
        ));
    }
    Ok(domain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_is_trimmed_and_anything_else_is_refused() {
        assert_eq!(checked(" CORP ").unwrap(), "CORP");
        assert_eq!(checked("csp.example").unwrap(), "csp.example");
        assert_eq!(checked("Zürich").unwrap(), "Zürich");
        for odd in ["", " ", "CORP\\", "CORP\\anna", "@csp.example", "a b", "a\tb", "a\u{0}b", "a/b"] {
            assert_eq!(checked(odd).unwrap_err().code, code::DOMAIN_INVALID, "{odd:?}");
        }
        assert!(checked(&"x".repeat(253)).is_ok() && checked(&"x".repeat(254)).is_err());
    }
}
