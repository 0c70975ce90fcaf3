//! `locks_at` against an oracle that walks the clocks of a zone and knows nothing of how it is computed.

use chrono::{DateTime, Days, NaiveDate, Offset as _, TimeZone as _};
use chrono_tz::{TZ_VARIANTS, Tz};
use proptest::prelude::*;

use super::*;

const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;

/// Walks back from two days later, in ever smaller steps, to the last instant that shows an earlier day.
fn walked(zone: Tz, day: NaiveDate, steps: &[i64]) -> i64 {
    let shows_earlier_day =
        |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap().with_timezone(&zone).date_naive() < day;
    let mut begun = day.and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp() + 2 * DAY;
    for step in steps {
        while !shows_earlier_day(begun - step) {
            begun -= step;
        }
    }
    begun
}

fn offset(zone: Tz, seconds: i64) -> i32 {
    let utc = DateTime::from_timestamp(seconds, 0).unwrap().naive_utc();
    zone.offset_from_utc_datetime(&utc).fix().local_minus_utc()
}

/// Every day of 1990 to 2037 at whose end (UTC) the clocks of `zone` differ from its beginning.
fn days_of_change(zone: Tz) -> Vec<i64> {
    let first = at("1990-01-01T00:00:00Z").unix_seconds();
    let days = (0..48 * 1461 / 4).map(|day| first + day * DAY);
    days.filter(|day| offset(zone, *day) != offset(zone, day + DAY)).collect()
}

proptest! {
    #[test]
    fn any_month_locks_where_a_walk_by_minutes_says(
        zone in prop::sample::select(&TZ_VARIANTS[..]),
        (year, month, lock_day) in (1990..=2037, 1..=12u32, 1..=28u32),
    ) {
        let locked = BillingPeriod::new(year, month).unwrap();
        let following = locked.plus_months(1).unwrap();
        let last_open = NaiveDate::from_ymd_opt(following.year(), following.month(), lock_day).unwrap();
        let first_locked = last_open.succ_opt().unwrap();
        let rule = rule(zone.name(), lock_day.into());
        prop_assert_eq!(rule.locks_at(locked).unix_seconds(), walked(zone, first_locked, &[60, 1]));
    }

    #[test]
    fn a_month_that_came_for_good_has_begun_and_stays_begun(
        zone in prop::sample::select(&TZ_VARIANTS[..]),
        (year, month, later) in (1990..=2037, 1..=12u32, 0..800 * DAY),
    ) {
        let begun = BillingPeriod::new(year, month).unwrap();
        let rule = rule(zone.name(), 10);
        let begins_at = begun.begins_at(rule.time_zone);
        prop_assert!(rule.has_begun(begun, begins_at.plus_seconds(later)));
        prop_assert!(!rule.has_begun(begun, begins_at.plus_seconds(-1)));
        prop_assert!(begins_at < rule.locks_at(begun));
    }

    #[test]
    fn a_period_is_locked_from_one_instant_on(
        zone in prop::sample::select(&TZ_VARIANTS[..]),
        (year, month, lock_day, seconds) in (1990..=2037, 1..=12u32, 1..=28i64, -90 * DAY..90 * DAY),
    ) {
        let locked = BillingPeriod::new(year, month).unwrap();
        let rule = rule(zone.name(), lock_day);
        let as_of = rule.locks_at(locked).plus_seconds(seconds);
        prop_assert_eq!(rule.is_locked(locked, as_of), seconds >= 0);
        prop_assert!(rule.locks_at(locked) < rule.locks_at(locked.plus_months(1).unwrap()));
    }
}

/// Every change of the clocks of every zone, and the three dates around it.
#[test]
fn around_every_change_of_every_zone_a_day_begins_where_a_walk_says() {
    for zone in TZ_VARIANTS {
        let ours: TimeZone = zone.name().parse().unwrap();
        for change in days_of_change(zone) {
            let date = DateTime::from_timestamp(change, 0).unwrap().date_naive();
            for day in [date, date + Days::new(1), date + Days::new(2)] {
                let begins_at = ours.first_instant_of(day).unix_seconds();
                assert_eq!(begins_at, walked(zone, day, &[HOUR / 2, 60, 1]), "{zone} {day}");
            }
        }
    }
}

/// What `first_instant_of` rests on.
#[test]
fn no_zone_changes_its_clocks_twice_within_72_hours() {
    for zone in TZ_VARIANTS {
        let changes = days_of_change(zone);
        for pair in changes.windows(2) {
            assert!(pair[1] - pair[0] > 4 * DAY, "{zone} {pair:?}");
        }
        for change in changes {
            let inside = (0..24).filter(|hour| {
                let start = change + hour * HOUR;
                offset(zone, start) != offset(zone, start + HOUR)
            });
            assert_eq!(inside.count(), 1, "{zone} {change}");
        }
    }
}
