//! A period as a value: text, number, order, moving by months.

use proptest::prelude::*;

use super::*;

fn any_period() -> impl Strategy<Value = BillingPeriod> {
    (1..=9999, 1..=12u32).prop_map(|(year, month)| BillingPeriod::new(year, month).unwrap())
}

#[test]
fn the_calendar_has_two_ends() {
    assert_eq!(BillingPeriod::new(0, 12), None);
    assert_eq!(BillingPeriod::new(10000, 1), None);
    assert_eq!(BillingPeriod::new(2026, 0), None);
    assert_eq!(BillingPeriod::new(2026, 13), None);
    assert_eq!(BillingPeriod::new(-2026, 1), None);
    assert_eq!(BillingPeriod::new(1, 1), Some(period("0001-01")));
    assert_eq!(BillingPeriod::new(9999, 12), Some(period("9999-12")));
}

#[test]
fn a_period_is_written_as_year_and_month_and_nothing_else() {
    assert_eq!(period("2026-10").to_string(), "2026-10");
    assert_eq!((period("2026-10").year(), period("2026-10").month()), (2026, 10));
    for wrong in [
        "",
        "2026",
        "2026-1",
        "2026-001",
        "2026-00",
        "2026-13",
        "2026/10",
        "202610",
        "26-10",
        "0000-01",
        "-026-10",
        "+026-10",
        "2026-+1",
        " 2026-10",
        "2026-10 ",
        "2026-10\0",
        "2026-1\u{664}",
        "\u{664}26-10",
        "10000-01",
        "2026-10-01",
    ] {
        let error = wrong.parse::<BillingPeriod>().unwrap_err();
        assert_eq!(error.code, code::PERIOD_MALFORMED, "{wrong:?}");
        assert!(error.detail.starts_with("expected a billing period such as 2026-10, found \""), "{error}");
    }
}

#[test]
fn months_are_added_over_the_ends_of_years() {
    let table = [
        ("2026-10", 0, "2026-10"),
        ("2026-10", 3, "2027-01"),
        ("2026-10", -10, "2025-12"),
        ("2026-01", -1, "2025-12"),
        ("2026-01", -13, "2024-12"),
        ("2026-12", 1, "2027-01"),
        ("2026-12", 13, "2028-01"),
        ("0001-01", 119_987, "9999-12"),
        ("9999-12", -119_987, "0001-01"),
    ];
    for (from, months, to) in table {
        assert_eq!(period(from).plus_months(months), Some(period(to)), "{from} {months:+}");
    }
}

#[test]
fn nothing_lies_beyond_the_ends_of_the_calendar() {
    for months in [-1, -2, -11, -12, -13, -14, -25, -1_000_000, i64::from(i32::MIN), i64::MIN] {
        assert_eq!(period("0001-01").plus_months(months), None, "{months}");
    }
    for months in [1, 2, 12, 13, 1_000_000, i64::from(i32::MAX), i64::MAX] {
        assert_eq!(period("9999-12").plus_months(months), None, "{months}");
    }
}

#[test]
fn only_numbers_of_months_are_periods() {
    assert_eq!(period("2026-10").number(), 202_610);
    for wrong in [0, 1, 12, 100, 113, 202_600, 202_613, -202_610, 1_000_001, i64::MAX, i64::MIN] {
        assert_eq!(BillingPeriod::from_number(wrong), None, "{wrong}");
    }
}

#[test]
fn a_lock_day_is_one_that_every_month_has() {
    assert_eq!(LockDay::DEFAULT.get(), 10);
    for day in 1..=28 {
        assert_eq!(LockDay::new(day).map(|day| i64::from(day.get())), Ok(day));
    }
    for day in [0, 29, 31, -1, 1 << 32, (1 << 32) + 10, i64::MAX, i64::MIN] {
        assert_eq!(LockDay::new(day).unwrap_err().code, code::LOCK_DAY_INVALID, "{day}");
    }
}

#[test]
fn a_time_zone_is_an_iana_name() {
    for name in ["UTC", "Europe/Berlin", "Etc/GMT+12", "America/Argentina/Buenos_Aires"] {
        assert_eq!(name.parse::<TimeZone>().unwrap().name(), name);
    }
    assert_eq!("UTC".parse(), Ok(TimeZone::UTC));
    for wrong in ["", "Berlin", "CEST", "UTC+2", "+02:00", "Europe/Berlin ", "../etc/localtime"] {
        assert_eq!(wrong.parse::<TimeZone>().unwrap_err().code, code::TIME_ZONE_UNKNOWN, "{wrong:?}");
    }
}

proptest! {
    #[test]
    fn text_and_number_lead_back_to_the_period(period in any_period()) {
        prop_assert_eq!(period.to_string().parse(), Ok(period));
        prop_assert_eq!(BillingPeriod::from_number(period.number()), Some(period));
        prop_assert_eq!(BillingPeriod::new(period.year(), period.month()), Some(period));
    }

    #[test]
    fn order_is_the_same_in_time_text_and_number(a in any_period(), b in any_period()) {
        prop_assert_eq!(a.cmp(&b), a.to_string().cmp(&b.to_string()));
        prop_assert_eq!(a.cmp(&b), a.number().cmp(&b.number()));
    }

    #[test]
    fn moving_there_and_back_changes_nothing(a in any_period(), months in -200_000..200_000i64) {
        if let Some(b) = a.plus_months(months) {
            prop_assert_eq!(b.plus_months(-months), Some(a));
            prop_assert_eq!(a.cmp(&b), 0.cmp(&months));
            let distance = i64::from(b.year() - a.year()) * 12 + i64::from(b.month()) - i64::from(a.month());
            prop_assert_eq!(distance, months);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,9}") {
        let _ = text.parse::<BillingPeriod>();
        let _ = text.parse::<TimeZone>();
    }
}
