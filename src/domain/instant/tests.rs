//! Instants as they come, as they are stored, and where they end.

use proptest::prelude::*;

use super::*;

fn at(text: &str) -> UtcInstant {
    text.parse().unwrap()
}

#[test]
fn every_way_to_write_an_instant_is_stored_in_one_form() {
    for (text, stored) in [
        ("2026-10-15T03:00:07Z", "2026-10-15T03:00:07Z"),
        ("2026-10-15T05:00:07+02:00", "2026-10-15T03:00:07Z"),
        ("2026-10-14T22:30:07-04:30", "2026-10-15T03:00:07Z"),
        ("2026-10-15T03:00:07.999999999Z", "2026-10-15T03:00:07Z"),
        ("2026-10-15T03:00:07.1234567Z", "2026-10-15T03:00:07Z"),
        ("2026-10-15t03:00:07z", "2026-10-15T03:00:07Z"),
        ("2026-10-15 03:00:07Z", "2026-10-15T03:00:07Z"),
        ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"), // a leap second has no place of its own
        ("2024-02-29T23:59:59Z", "2024-02-29T23:59:59Z"),
        ("1969-12-31T23:59:58.5Z", "1969-12-31T23:59:58Z"), // cut off, before 1970 too
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
    ] {
        assert_eq!(at(text).to_string(), stored, "{text}");
        assert_eq!(UtcInstant::parse_zone_optional(text), Ok(at(stored)), "{text}");
    }
}

#[test]
fn a_time_without_a_zone_is_utc_where_that_is_asked_for() {
    for (text, stored) in [
        ("2026-10-15T03:00:07", "2026-10-15T03:00:07Z"),
        ("2026-10-15T03:00:07.123", "2026-10-15T03:00:07Z"),
        ("2026-10-15T03:00:07.1234567", "2026-10-15T03:00:07Z"),
        ("2026-10-15 03:00:07", "2026-10-15T03:00:07Z"),
        ("2026-10-15", "2026-10-15T00:00:00Z"),
        ("  2026-10-15T03:00:07\r\n", "2026-10-15T03:00:07Z"),
        (" 2026-10-15T05:00:07+02:00 ", "2026-10-15T03:00:07Z"),
    ] {
        assert_eq!(UtcInstant::parse_zone_optional(text), Ok(at(stored)), "{text:?}");
        if text.trim() == text {
            assert_eq!(text.parse::<UtcInstant>().unwrap_err().code, code::INSTANT_MALFORMED, "{text:?}");
        }
    }
}

#[test]
fn what_is_no_instant_is_refused_both_ways() {
    for wrong in [
        "",
        "now",
        "2026",
        "2026-10",
        "20261015",
        "20261015T030007Z",
        "15.10.2026",
        "10/15/2026",
        "26-10-15",
        "6-10-15",
        "26-10-15T03:00:07",
        "+2026-10-15",
        "-2026-10-15",
        "12026-10-15",
        "2026-1-5",
        "2026-13-01",
        "2026-02-30",
        "2025-02-29",
        "2026-10-15T24:00:00Z",
        "2026-10-15T03:60:00Z",
        "2026-10-15T03:00:07+25:00",
        "2026-10-15T03:00:07 CEST",
        "0000-12-31T23:59:59Z",
        "10000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
        "２０２６-10-15",
    ] {
        assert_eq!(wrong.parse::<UtcInstant>().unwrap_err().code, code::INSTANT_MALFORMED, "{wrong:?}");
        let error = UtcInstant::parse_zone_optional(wrong).unwrap_err();
        assert_eq!(error.code, code::INSTANT_MALFORMED, "{wrong:?}");
    }
    assert_eq!(
        "soon".parse::<UtcInstant>().unwrap_err().to_string(),
        "SEAT-P04: expected an RFC 3339 instant such as 2026-10-15T03:00:07Z, found \"soon\""
    );
}

#[test]
fn instants_end_where_they_can_no_longer_be_written() {
    let (first, last) = (at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"));
    assert_eq!(UtcInstant::from_unix_seconds(first.unix_seconds()), Some(first));
    assert_eq!(UtcInstant::from_unix_seconds(first.unix_seconds() - 1), None);
    assert_eq!(UtcInstant::from_unix_seconds(last.unix_seconds()), Some(last));
    assert_eq!(UtcInstant::from_unix_seconds(last.unix_seconds() + 1), None);
    for seconds in [1, 1 << 40, i64::MAX] {
        assert_eq!(last.plus_seconds(seconds), last);
        assert_eq!(first.plus_seconds(-seconds), first);
    }
    assert_eq!(first.plus_seconds(i64::MAX), last);
    assert_eq!(last.plus_seconds(i64::MIN), first);
    assert_eq!(UtcInstant::EPOCH.to_string(), "1970-01-01T00:00:00Z");
}

fn any_instant() -> impl Strategy<Value = UtcInstant> {
    (FIRST..=LAST).prop_map(|seconds| UtcInstant::from_unix_seconds(seconds).unwrap())
}

proptest! {
    #[test]
    fn text_leads_back_to_the_instant(instant in any_instant()) {
        let text = instant.to_string();
        prop_assert_eq!(text.len(), 20);
        prop_assert_eq!(text.parse(), Ok(instant));
        prop_assert_eq!(UtcInstant::parse_zone_optional(&text), Ok(instant));
        prop_assert_eq!(UtcInstant::parse_zone_optional(&text[..19]), Ok(instant));
        prop_assert_eq!(instant.to_chrono().timestamp(), instant.unix_seconds());
    }

    #[test]
    fn text_sorts_as_time_does(a in any_instant(), b in any_instant()) {
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,32}", near in "[0-9TZ:+. \\-é]{0,26}") {
        for text in [text, near] {
            let _ = text.parse::<UtcInstant>();
            let _ = UtcInstant::parse_zone_optional(&text);
        }
    }
}
