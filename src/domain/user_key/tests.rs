//! Identity keys and scrambled names against Python, and the fast paths against the definition.

use proptest::prelude::*;

use super::*;

/// Name, key: computed with Python 3.11, `unicodedata.normalize("NFC", name).strip().casefold()`.
/// (All assigned characters were compared so; only U+001C to U+001F differ, which Python strips and
/// Unicode does not call white space.)
const KEYS: &[(&str, &str)] = &[
    ("", ""),
    ("  ", ""),
    ("CORP\\Anna", "corp\\anna"),
    (" corp\\ANNA\t", "corp\\anna"),
    ("Anna@Corp.Example", "anna@corp.example"),
    ("Stra\u{df}e", "strasse"),
    ("STRASSE", "strasse"),
    ("STRA\u{1e9e}E", "strasse"),
    ("J\u{fc}rgen", "j\u{fc}rgen"),
    ("Ju\u{308}rgen", "j\u{fc}rgen"),
    ("JU\u{308}RGEN", "j\u{fc}rgen"),
    (
        "\u{39f}\u{394}\u{3a5}\u{3a3}\u{3a3}\u{395}\u{3a5}\u{3a3}",
        "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}",
    ),
    (
        "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c2}",
        "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}",
    ),
    (
        "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}",
        "\u{3bf}\u{3b4}\u{3c5}\u{3c3}\u{3c3}\u{3b5}\u{3c5}\u{3c3}",
    ),
    ("I", "i"),
    ("\u{130}", "i\u{307}"),
    ("\u{131}", "\u{131}"),
    ("i\u{307}", "i\u{307}"),
    ("\u{fb01}nn", "finn"),
    ("\u{212b}a", "\u{e5}a"),
    ("\u{c5}a", "\u{e5}a"),
    ("\u{212a}elvin", "kelvin"),
    ("\u{390}", "\u{3b9}\u{308}\u{301}"),
    ("\u{3b9}\u{308}\u{301}", "\u{3b9}\u{308}\u{301}"),
    ("\u{1fb3}", "\u{3b1}\u{3b9}"),
    ("\u{391}\u{345}", "\u{3b1}\u{3b9}"),
    ("\u{1c5}", "\u{1c6}"),
    ("\u{149}a", "\u{2bc}na"),
    ("\u{1f0}", "j\u{30c}"),
    ("\u{b5}", "\u{3bc}"),
    ("\u{3bc}", "\u{3bc}"),
    ("\u{1e9b}\u{323}", "\u{1e61}\u{323}"),
    ("\u{a0}CORP\\eva\u{3000}", "corp\\eva"),
    ("\u{2003}x\u{85}", "x"),
    ("\u{ff21}\u{ff22}", "\u{ff41}\u{ff42}"),
    ("\u{13a0}", "\u{13a0}"),
    ("\u{ab70}", "\u{13a0}"),
    ("\u{10a0}", "\u{2d00}"),
    ("\u{410}\u{43d}\u{43d}\u{410}", "\u{430}\u{43d}\u{43d}\u{430}"),
    ("\u{418}\u{306}", "\u{439}"),
    ("\u{30ac}", "\u{30ac}"),
    ("\u{30ab}\u{3099}", "\u{30ac}"),
    ("\u{1100}\u{1161}", "\u{ac00}"),
    ("\u{1f600}", "\u{1f600}"),
    ("\u{10400}", "\u{10428}"),
    ("a\u{323}\u{307}", "\u{1ea1}\u{307}"),
    ("a\u{307}\u{323}", "\u{1ea1}\u{307}"),
];

#[test]
fn keys_are_those_that_python_computes() {
    for (name, key) in KEYS {
        assert_eq!(user_key(name), *key, "{}", name.escape_unicode());
    }
}

#[test]
fn keys_are_appended_to_what_is_there() {
    let mut keys = String::from("BEFORE\u{e9} ");
    let mut expected = keys.clone();
    for (name, key) in KEYS {
        push_user_key(name, &mut keys);
        expected.push_str(key);
    }
    assert_eq!(keys, expected);
}

#[test]
fn spellings_of_one_user_have_one_key() {
    for spellings in [
        &["CORP\\Anna", "corp\\ANNA", " corp\\anna\t"][..],
        &["J\u{fc}rgen", "Ju\u{308}rgen", "JU\u{308}RGEN", "J\u{dc}RGEN"],
        &["Gro\u{df}", "GRO\u{1e9e}", "GROSS", "gross"],
        &["\u{39f}\u{394}\u{39f}\u{3a3}", "\u{3bf}\u{3b4}\u{3bf}\u{3c2}", "\u{3bf}\u{3b4}\u{3bf}\u{3c3}"],
        &["\u{212b}sa", "\u{c5}sa", "A\u{30a}sa", "a\u{30a}SA"],
    ] {
        for spelling in spellings {
            assert_eq!(user_key(spelling), user_key(spellings[0]), "{}", spelling.escape_unicode());
        }
    }
}

#[test]
fn different_users_keep_different_keys() {
    for (a, b) in [
        ("CORP\\anna", "anna@corp.example"),
        ("CORP\\anna", "CORP.EXAMPLE\\anna"),
        ("anna", "CORP\\anna"),
        ("CORP\\an na", "CORP\\anna"),
        ("jurgen", "j\u{fc}rgen"),
        ("\u{131}lker", "ilker"), // Turkish dotless i: no locale, so another letter
        ("\u{130}lker", "ilker"),
        ("\u{ff41}nna", "anna"), // full width: NFC, not NFKC
    ] {
        assert_ne!(user_key(a), user_key(b), "{a} {b}");
    }
}

#[test]
fn the_key_of_a_key_is_the_key() {
    for c in '\0'..=char::MAX {
        let mut text = [0; 4];
        let key = user_key(c.encode_utf8(&mut text));
        assert_eq!(user_key(&key), key, "{}", c.escape_unicode());
    }
    // The exception that the documentation names: an accent behind a letter that folding split.
    let key = user_key("\u{df}\u{301}");
    assert_eq!(key, "ss\u{301}");
    assert_eq!(user_key(&key), "s\u{15b}");
}

#[test]
fn a_name_without_domain_is_bare() {
    assert!(is_bare("anna") && is_bare("") && is_bare("anna.corp.example") && is_bare("CORP/anna"));
    assert!(!is_bare("CORP\\anna") && !is_bare("anna@corp") && !is_bare("\\") && !is_bare("@"));
}

/// Computed with Python's `hashlib` and `base64`.
#[test]
fn scrambled_names_are_those_that_python_computes() {
    for (name, scrambled) in [
        ("CORP\\anna", "ZQESvPC4u/Xa5bzm5ksyGg=="),
        ("anna@corp.example", "vE0YFumhRpBZSAsNja32gQ=="),
        ("J\u{fc}rgen", "xY+2csl/unKjo/fwG1ZNVg=="),
        ("", "47DEQpj8HBSa+/TImW+5JA=="),
    ] {
        assert_eq!(scramble(name), scrambled, "{name}");
    }
    assert_ne!(scramble("CORP\\Anna"), scramble("CORP\\anna"), "hashed as given");
}

/// The key by its definition, without a fast path.
fn defined(name: &str) -> String {
    let composed: String = name.nfc().collect();
    composed.trim().chars().default_case_fold().collect()
}

proptest! {
    #[test]
    fn the_fast_paths_change_nothing(ascii in "[\x00-\x7f]{0,24}", any in "(?s:.{0,16})") {
        prop_assert_eq!(user_key(&ascii), defined(&ascii));
        prop_assert_eq!(user_key(&any), defined(&any));
    }

    #[test]
    fn composed_and_decomposed_names_have_one_key(name in "[ \\\\A-Za-z\u{c0}-\u{24f}\u{370}-\u{3ff}\u{300}-\u{345}\u{ac00}-\u{ac80}]{0,16}") {
        let (composed, decomposed): (String, String) = (name.nfc().collect(), name.nfd().collect());
        prop_assert_eq!(user_key(&composed), user_key(&name));
        prop_assert_eq!(user_key(&decomposed), user_key(&name));
    }

    #[test]
    fn case_and_blanks_around_change_nothing(name in "[A-Za-z0-9.@\\\\ \u{c0}-\u{d6}\u{410}-\u{44f}]{0,24}") {
        let key = user_key(&name);
        prop_assert_eq!(&user_key(&name.to_uppercase()), &key);
        prop_assert_eq!(&user_key(&name.to_lowercase()), &key);
        prop_assert_eq!(&user_key(&format!("\t{name}\u{a0} ")), &key);
        prop_assert_eq!(&user_key(&key), &key);
    }

    #[test]
    fn a_scrambled_name_has_24_characters(name in "\\PC{0,24}") {
        let scrambled = scramble(&name);
        prop_assert!(scrambled.len() == 24 && scrambled.ends_with("=="));
    }
}
