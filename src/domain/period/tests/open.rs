//! Which periods take a tag, and when.

use super::*;

fn utc() -> LockRule {
    rule("UTC", 10)
}

/// `SEAT-P01: …`, or `open`.
fn answer(wanted: &str, as_of: &str, closed_through: Option<&str>, live_from: Option<&str>) -> String {
    utc()
        .require_open(period(wanted), at(as_of), closed_through.map(period), live_from.map(period))
        .map_or_else(|error| error.to_string(), |()| "open".to_owned())
}

#[test]
fn a_tag_on_the_10th_still_counts_for_last_month() {
    assert_eq!(answer("2026-09", "2026-10-10T23:59:59Z", None, None), "open");
    assert_eq!(
        answer("2026-09", "2026-10-11T00:00:00Z", None, None),
        "SEAT-P01: billing period 2026-09 is locked since 2026-10-11T00:00:00Z"
    );
}

#[test]
fn a_period_opens_with_its_first_instant() {
    assert_eq!(
        answer("2026-10", "2026-09-30T23:59:59Z", None, None),
        "SEAT-P02: billing period 2026-10 has not begun at 2026-09-30T23:59:59Z"
    );
    assert_eq!(answer("2026-10", "2026-10-01T00:00:00Z", None, None), "open");
}

#[test]
fn from_the_1st_to_the_10th_two_periods_are_open() {
    let open = |as_of: &str| {
        ["2026-08", "2026-09", "2026-10", "2026-11"]
            .into_iter()
            .filter(|wanted| answer(wanted, as_of, None, None) == "open")
            .collect::<Vec<_>>()
    };
    assert_eq!(open("2026-09-30T23:59:59Z"), ["2026-09"]);
    assert_eq!(open("2026-10-01T00:00:00Z"), ["2026-09", "2026-10"]);
    assert_eq!(open("2026-10-10T23:59:59Z"), ["2026-09", "2026-10"]);
    assert_eq!(open("2026-10-11T00:00:00Z"), ["2026-10"]);
}

#[test]
fn closing_early_locks_early() {
    let early = "2026-10-02T08:00:00Z";
    assert_eq!(answer("2026-09", early, Some("2026-08"), None), "open");
    assert_eq!(answer("2026-09", early, Some("2026-09"), None), "SEAT-P01: billing period 2026-09 is closed");
    assert_eq!(answer("2026-08", early, Some("2026-09"), None), "SEAT-P01: billing period 2026-08 is closed");
    assert_eq!(answer("2026-10", early, Some("2026-09"), None), "open");
}

#[test]
fn a_clock_set_back_opens_nothing_that_is_closed() {
    for as_of in ["2026-09-15T00:00:00Z", "2026-08-01T00:00:00Z", "1970-01-01T00:00:00Z"] {
        let answer = answer("2026-09", as_of, Some("2026-09"), None);
        assert_eq!(answer, "SEAT-P01: billing period 2026-09 is closed", "{as_of}");
    }
}

#[test]
fn history_is_open_until_the_first_live_period_locks() {
    let live = Some("2026-09");
    for history in ["2019-01", "2026-08", "2026-09"] {
        assert_eq!(answer(history, "2026-10-10T23:59:59Z", None, live), "open", "{history}");
        assert_eq!(
            answer(history, "2026-10-11T00:00:00Z", None, live),
            format!("SEAT-P01: billing period {history} is locked since 2026-10-11T00:00:00Z")
        );
    }
    assert_eq!(answer("2026-10", "2026-10-11T00:00:00Z", None, live), "open");
    assert_eq!(
        answer("2026-10", "2026-11-11T00:00:00Z", None, live),
        "SEAT-P01: billing period 2026-10 is locked since 2026-11-11T00:00:00Z"
    );
}

#[test]
fn history_that_is_closed_stays_closed_while_the_rest_is_open() {
    let (as_of, closed, live) = ("2026-10-05T00:00:00Z", Some("2025-12"), Some("2026-09"));
    assert_eq!(answer("2025-12", as_of, closed, live), "SEAT-P01: billing period 2025-12 is closed");
    assert_eq!(answer("2026-01", as_of, closed, live), "open");
}

#[test]
fn history_does_not_open_what_has_not_begun() {
    let answer = answer("2026-11", "2026-10-05T00:00:00Z", None, Some("2026-12"));
    assert_eq!(answer, "SEAT-P02: billing period 2026-11 has not begun at 2026-10-05T00:00:00Z");
}

#[test]
fn the_earliest_open_period_is_the_last_one_until_it_locks() {
    for (zone, lock_day, as_of, open) in [
        ("UTC", 10, "2026-10-01T00:00:00Z", "2026-09"),
        ("UTC", 10, "2026-10-10T23:59:59Z", "2026-09"),
        ("UTC", 10, "2026-10-11T00:00:00Z", "2026-10"),
        ("UTC", 10, "2026-10-31T23:59:59Z", "2026-10"),
        ("UTC", 10, "2027-01-05T00:00:00Z", "2026-12"),
        ("UTC", 1, "2026-10-02T00:00:00Z", "2026-10"),
        ("UTC", 28, "2024-02-28T23:59:59Z", "2024-01"),
        ("UTC", 28, "2024-02-29T00:00:00Z", "2024-02"),
        ("Pacific/Kiritimati", 10, "2026-10-10T10:00:00Z", "2026-10"),
        ("Etc/GMT+12", 10, "2026-10-11T11:59:59Z", "2026-09"),
    ] {
        assert_eq!(rule(zone, lock_day).earliest_open(at(as_of)), period(open), "{zone} {lock_day} {as_of}");
    }
}

#[test]
fn the_earliest_open_period_takes_a_tag_and_the_one_before_it_none() {
    for lock_day in [1, 10, 28] {
        let rule = rule("America/St_Johns", lock_day);
        // Every hour of a year whose clocks were put back over a month's end.
        for hour in 0..365 * 24 {
            let as_of = at("2009-01-01T00:10:00Z").plus_seconds(hour * 3600);
            let earliest = rule.earliest_open(as_of);
            assert_eq!(rule.require_open(earliest, as_of, None, None), Ok(()), "{as_of}");
            let before = earliest.plus_months(-1).unwrap();
            assert!(rule.require_open(before, as_of, None, None).is_err(), "{as_of}");
        }
    }
}
