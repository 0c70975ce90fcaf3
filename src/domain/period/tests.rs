//! Periods and the lock: arithmetic, clock tables, and every time zone against a plain walk.

mod calendar;
mod clock_tables;
mod every_zone;
mod open;

use super::*;

fn period(text: &str) -> BillingPeriod {
    text.parse().unwrap()
}

fn at(text: &str) -> UtcInstant {
    text.parse().unwrap()
}

fn rule(zone: &str, lock_day: i64) -> LockRule {
    LockRule { lock_day: LockDay::new(lock_day).unwrap(), time_zone: zone.parse().unwrap() }
}
