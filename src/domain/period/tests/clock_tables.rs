//! Clock tables: instants written down, computed with Python's `zoneinfo` and the system's zone files.

use super::*;

/// Zone, period, lock day, the instant from which it is locked.
fn holds(table: &[(&str, &str, i64, &str)]) {
    for (zone, locked, lock_day, instant) in table {
        let rule = rule(zone, *lock_day);
        let locks_at = rule.locks_at(period(locked));
        assert_eq!(locks_at.to_string(), *instant, "{zone} {locked} after day {lock_day}");
        assert!(!rule.is_locked(period(locked), locks_at.plus_seconds(-1)), "{zone} {locked}");
        assert!(rule.is_locked(period(locked), locks_at), "{zone} {locked}");
        assert!(rule.is_locked(period(locked), locks_at.plus_seconds(1)), "{zone} {locked}");
    }
}

#[test]
fn the_10th_is_open_and_the_11th_is_locked() {
    let utc = rule("UTC", 10);
    for (instant, locked) in [
        ("2026-10-01T00:00:00Z", false),
        ("2026-10-09T23:59:59Z", false),
        ("2026-10-10T00:00:00Z", false),
        ("2026-10-10T23:59:59Z", false),
        ("2026-10-11T00:00:00Z", true),
        ("2026-11-01T00:00:00Z", true),
    ] {
        assert_eq!(utc.is_locked(period("2026-09"), at(instant)), locked, "{instant}");
    }
}

#[test]
fn the_lock_falls_at_midnight_of_the_organization_wherever_it_is() {
    holds(&[
        ("UTC", "2026-10", 10, "2026-11-11T00:00:00Z"),
        ("UTC", "2026-12", 10, "2027-01-11T00:00:00Z"),
        ("Etc/GMT+12", "2026-10", 10, "2026-11-11T12:00:00Z"),
        ("Etc/GMT-14", "2026-10", 10, "2026-11-10T10:00:00Z"),
        ("Pacific/Kiritimati", "2026-10", 10, "2026-11-10T10:00:00Z"),
        ("Asia/Kathmandu", "2026-10", 10, "2026-11-10T18:15:00Z"),
        ("Pacific/Chatham", "2026-08", 26, "2026-09-26T11:15:00Z"),
    ]);
}

#[test]
fn the_lock_follows_summer_time() {
    holds(&[
        ("Europe/Berlin", "2026-09", 10, "2026-10-10T22:00:00Z"),
        ("Europe/Berlin", "2026-10", 10, "2026-11-10T23:00:00Z"),
        ("Europe/Berlin", "2026-02", 27, "2026-03-27T23:00:00Z"),
        ("Europe/Berlin", "2026-02", 28, "2026-03-28T23:00:00Z"),
        ("Europe/Berlin", "2026-09", 24, "2026-10-24T22:00:00Z"),
        ("Europe/Berlin", "2026-09", 25, "2026-10-25T23:00:00Z"),
        ("Europe/Berlin", "2020-02", 28, "2020-03-28T23:00:00Z"),
        ("America/New_York", "2024-02", 9, "2024-03-10T05:00:00Z"),
        ("America/New_York", "2024-02", 10, "2024-03-11T04:00:00Z"),
        ("Australia/Lord_Howe", "2026-09", 3, "2026-10-03T13:30:00Z"),
        ("Antarctica/Troll", "2026-02", 28, "2026-03-29T00:00:00Z"),
    ]);
}

#[test]
fn the_first_and_the_last_lock_day_know_leap_years() {
    holds(&[
        ("UTC", "2024-01", 1, "2024-02-02T00:00:00Z"),
        ("UTC", "2024-01", 28, "2024-02-29T00:00:00Z"),
        ("UTC", "2023-01", 28, "2023-03-01T00:00:00Z"),
        ("UTC", "2024-02", 1, "2024-03-02T00:00:00Z"),
        ("UTC", "2024-02", 28, "2024-03-29T00:00:00Z"),
        ("Europe/Berlin", "2024-01", 28, "2024-02-28T23:00:00Z"),
    ]);
}

#[test]
fn a_midnight_that_is_skipped_locks_at_the_first_instant_after_it() {
    holds(&[
        ("America/Sao_Paulo", "2017-09", 13, "2017-10-14T03:00:00Z"),
        ("America/Sao_Paulo", "2017-09", 14, "2017-10-15T03:00:00Z"),
        ("America/Sao_Paulo", "2017-09", 15, "2017-10-16T02:00:00Z"),
        ("Africa/Cairo", "2024-03", 25, "2024-04-25T22:00:00Z"),
        ("Asia/Beirut", "2021-02", 27, "2021-03-27T22:00:00Z"),
        ("Asia/Amman", "2021-02", 25, "2021-03-25T22:00:00Z"),
        ("America/Havana", "2022-02", 12, "2022-03-13T05:00:00Z"),
    ]);
}

#[test]
fn clocks_put_back_from_one_to_midnight_leave_the_date_alone() {
    holds(&[("America/Havana", "2022-10", 5, "2022-11-06T04:00:00Z")]);
}

#[test]
fn a_last_hour_that_comes_twice_is_open_twice() {
    holds(&[
        ("America/Sao_Paulo", "2018-01", 16, "2018-02-17T02:00:00Z"),
        ("America/Sao_Paulo", "2018-01", 17, "2018-02-18T03:00:00Z"),
        ("America/Sao_Paulo", "2018-01", 18, "2018-02-19T03:00:00Z"),
        ("America/Sao_Paulo", "2019-01", 16, "2019-02-17T03:00:00Z"),
    ]);
}

#[test]
fn a_day_that_begins_twice_locks_at_its_second_beginning() {
    // St. John's put its clocks back from 00:01 to 23:01 until 2011: for a minute it was the 7th.
    holds(&[
        ("America/St_Johns", "2008-10", 1, "2008-11-02T03:30:00Z"),
        ("America/St_Johns", "2010-10", 6, "2010-11-07T03:30:00Z"),
        ("America/St_Johns", "2010-10", 7, "2010-11-08T03:30:00Z"),
    ]);
    let rule = rule("America/St_Johns", 6);
    assert!(!rule.is_locked(period("2010-10"), at("2010-11-07T02:30:30Z")), "shown 00:00:30 of the 7th");
    assert!(!rule.is_locked(period("2010-10"), at("2010-11-07T02:31:00Z")), "shown 23:01 of the 6th again");
}

#[test]
fn a_zone_that_changed_sides_of_the_date_line_skipped_a_day() {
    holds(&[
        ("Pacific/Apia", "2011-11", 28, "2011-12-29T10:00:00Z"),
        ("Pacific/Kwajalein", "1993-07", 20, "1993-08-21T12:00:00Z"),
    ]);
}

#[test]
fn a_period_begins_when_its_month_has_come_for_good() {
    for (zone, begun, instant) in [
        ("UTC", "2026-10", "2026-10-01T00:00:00Z"),
        ("Europe/Berlin", "2026-11", "2026-10-31T23:00:00Z"),
        ("America/Asuncion", "2017-10", "2017-10-01T04:00:00Z"), // midnight skipped
        ("America/Asuncion", "2023-10", "2023-10-01T04:00:00Z"), // midnight skipped
        ("America/St_Johns", "2009-11", "2009-11-01T03:30:00Z"), // 00:01 back to 23:01
        ("Pacific/Apia", "2012-01", "2011-12-31T10:00:00Z"),     // no 30 December
        ("Asia/Damascus", "2005-10", "2005-09-30T22:00:00Z"),    // 00:00 back to 23:00
        ("Asia/Damascus", "2011-04", "2011-03-31T22:00:00Z"),    // midnight skipped
        ("Africa/Cairo", "2010-10", "2010-09-30T22:00:00Z"),
    ] {
        let zone: TimeZone = zone.parse().unwrap();
        let begins_at = period(begun).begins_at(zone);
        assert_eq!(begins_at.to_string(), instant, "{zone:?} {begun}");
        assert_eq!(BillingPeriod::of(begins_at, zone), period(begun));
        assert!(BillingPeriod::of(begins_at.plus_seconds(-1), zone) < period(begun));
    }
}

#[test]
fn the_month_is_the_one_the_clocks_show() {
    for (instant, zone, month) in [
        ("2026-09-30T23:59:59Z", "UTC", "2026-09"),
        ("2026-10-01T00:00:00Z", "UTC", "2026-10"),
        ("2026-09-30T22:00:00Z", "Europe/Berlin", "2026-10"),
        ("2026-09-30T21:59:59Z", "Europe/Berlin", "2026-09"),
        ("2026-12-31T10:00:00Z", "Pacific/Kiritimati", "2027-01"),
        ("2027-01-01T11:59:59Z", "Etc/GMT+12", "2026-12"),
        ("2024-02-29T12:00:00Z", "UTC", "2024-02"),
        ("2009-11-01T02:30:30Z", "America/St_Johns", "2009-11"), // 00:00:30, for a minute
        ("2009-11-01T02:31:00Z", "America/St_Johns", "2009-10"), // 23:01 once more
        ("2009-11-01T03:30:00Z", "America/St_Johns", "2009-11"),
    ] {
        assert_eq!(BillingPeriod::of(at(instant), zone.parse().unwrap()), period(month), "{instant} {zone}");
    }
}

#[test]
fn the_ends_of_the_calendar_are_no_trap() {
    let (first, last) = (at("0001-01-01T00:00:00Z"), at("9999-12-31T23:59:59Z"));
    for name in ["UTC", "Pacific/Kiritimati", "Etc/GMT+12"] {
        let rule = rule(name, 10);
        assert_eq!(BillingPeriod::of(first, rule.time_zone), period("0001-01"), "{name}");
        assert_eq!(BillingPeriod::of(last, rule.time_zone), period("9999-12"), "{name}");
        assert!(period("0001-01").begins_at(rule.time_zone) < at("0001-01-02T00:00:00Z"));
        assert_eq!(rule.locks_at(period("9999-12")), last, "{name}: as late as can be written");
        assert_eq!(rule.earliest_open(first), period("0001-01"), "{name}");
    }
}
