//! The table of codes, and text from outside in messages.

use std::collections::HashSet;

use super::*;

#[test]
fn every_code_has_an_id_of_its_own_and_the_same_form() {
    let mut seen = HashSet::new();
    for code in code::ALL {
        assert!(seen.insert(code.id), "{} twice", code.id);
        let form = code.id.strip_prefix("SEAT-").unwrap().as_bytes();
        assert!(
            form.len() == 3 && form[0].is_ascii_uppercase() && form[1..].iter().all(u8::is_ascii_digit),
            "{}",
            code.id
        );
    }
}

#[test]
fn every_code_says_what_is_wrong_and_what_to_do() {
    for code in code::ALL {
        assert!(!code.title.is_empty() && !code.title.ends_with('.'), "{}", code.id);
        assert!(code.remedy.ends_with('.'), "{}", code.id);
    }
}

#[test]
fn an_error_is_shown_with_its_code_first() {
    let error = Error::new(code::PERIOD_LOCKED, "billing period 2026-09 is closed");
    assert_eq!(error.to_string(), "SEAT-P01: billing period 2026-09 is closed");
}

#[test]
fn text_from_outside_is_quoted_harmless_and_short() {
    for (found, shown) in [
        ("", r#""""#),
        ("2026-13", r#""2026-13""#),
        (r"CORP\o'neill", r#""CORP\o'neill""#),
        ("a\"b", r#""a\"b""#),
        ("a\nb\0", r#""a\nb\0""#),
        ("\u{1b}[31m\u{202e}x", r#""\u{1b}[31m\u{202e}x""#),
        ("Zürich", r#""Zürich""#),
    ] {
        assert_eq!(quoted(found), shown);
    }
    assert_eq!(quoted(&"x".repeat(60)), format!("\"{}\"", "x".repeat(60)));
    assert_eq!(quoted(&"ü".repeat(61)), format!("\"{}…\"", "ü".repeat(60)));
}
