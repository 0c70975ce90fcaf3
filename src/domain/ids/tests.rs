//! Identities in their one form.

use super::*;

const GUID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

#[test]
fn a_guid_has_one_form_whatever_braces_and_case_it_came_in() {
    for text in [
        GUID,
        "0F8FAD5B-D9CB-469F-A165-70867728950E",
        "{0F8FAD5B-d9cb-469f-a165-70867728950e}",
        "  {0f8fad5b-d9cb-469f-a165-70867728950e}\r\n",
    ] {
        assert_eq!(canonical_guid(text).as_deref(), Some(GUID), "{text:?}");
        assert_eq!(canonical_object_id(text).as_deref(), Some(GUID), "{text:?}");
    }
}

#[test]
fn what_only_looks_like_a_guid_is_none() {
    for text in [
        "",
        "{}",
        "{",
        "0f8fad5bd9cb469fa16570867728950e",
        "{0f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8fad5b-d9cb-469f-a165-70867728950e}",
        "{{0f8fad5b-d9cb-469f-a165-70867728950e}}",
        "0f8fad5b-d9cb-469f-a165-70867728950",
        "0f8fad5b-d9cb-469f-a165-70867728950ee",
        "0f8fad5b-d9cb-469f-a165-70867728950g",
        "0f8fad5b-d9cb-469f-a1657-0867728950e",
        "-f8fad5b-d9cb-469f-a165-70867728950e",
        "0f8fad5b-d9cb-469f-a165-708677289é",
        "0f8fad5b\u{2010}d9cb-469f-a165-708677289",
    ] {
        assert_eq!(canonical_guid(text), None, "{text:?}");
    }
}

#[test]
fn other_ids_are_kept_as_they_are_written() {
    for (text, id) in [
        ("Nord", "Nord"),
        (" 172.16.0.9 \n", "172.16.0.9"),
        ("{Nord}", "{Nord}"),
        ("Zürich 1", "Zürich 1"),
        (&*"x".repeat(128), &*"x".repeat(128)),
    ] {
        assert_eq!(canonical_object_id(text).as_deref(), Some(id));
    }
    for wrong in ["", "  ", "a\nb", "a\0", "a\u{85}b", &*"x".repeat(129), &*"ü".repeat(65)] {
        assert_eq!(canonical_object_id(wrong), None, "{wrong:?}");
    }
}

#[test]
fn an_id_in_its_form_stays_as_it_is() {
    for text in [GUID, "Nord", "{Nord}", "\u{3000}Zürich"] {
        let id = canonical_object_id(text).unwrap();
        assert_eq!(canonical_object_id(&id), Some(id));
    }
}

#[test]
fn kinds_and_reasons_are_read_as_they_are_written() {
    for kind in ObjectKind::ALL {
        assert_eq!(kind.to_string().parse(), Ok(kind));
    }
    for reason in FreeReason::ALL {
        assert_eq!(reason.to_string().parse(), Ok(reason));
    }
    let words = ObjectKind::ALL.map(ObjectKind::as_str);
    assert_eq!(words, ["user", "license-server", "site", "delivery-group", "netscaler"]);
    assert_eq!(FreeReason::ALL.map(FreeReason::as_str), ["trial", "test", "administrative"]);
}

#[test]
fn other_words_are_refused_with_their_code() {
    for wrong in ["", "User", "users", "license server", " user"] {
        let error = wrong.parse::<ObjectKind>().unwrap_err();
        assert_eq!(error.code, code::KIND_UNKNOWN, "{wrong:?}");
        assert!(error.to_string().starts_with("SEAT-A06: expected user, license-server,"), "{error}");
        assert_eq!(wrong.parse::<FreeReason>().unwrap_err().code, code::REASON_UNKNOWN, "{wrong:?}");
    }
}
