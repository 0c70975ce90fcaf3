//! `seat_period`, `seat_period_add`, `seat_locks_at`, `seat_is_locked`: glue to `domain::period`.

use rusqlite::types::Value;

use super::{Args, Fault, OnNull, Scalar};
use crate::domain::error::{Error, code};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, LockDay, LockRule};

pub const PERIOD: Scalar = Scalar {
    name: "seat_period",
    arguments: &["instant", "tz"],
    null: OnNull::Null,
    call: |args| Ok(text(BillingPeriod::of(args.parse::<UtcInstant>(0)?, args.parse(1)?))),
};

pub const PERIOD_ADD: Scalar = Scalar {
    name: "seat_period_add",
    arguments: &["period", "months"],
    null: OnNull::Null,
    call: |args| {
        let (period, months) = (args.parse::<BillingPeriod>(0)?, args.integer(1)?);
        let moved = period.plus_months(months).ok_or_else(|| {
            let detail =
                format!("expected a month from 0001-01 to 9999-12, found {period} moved by {months}");
            Error::new(code::PERIOD_MALFORMED, detail)
        })?;
        Ok(text(moved))
    },
};

pub const LOCKS_AT: Scalar = Scalar {
    name: "seat_locks_at",
    arguments: &["period", "lock_day", "tz"],
    null: OnNull::Null,
    call: |args| Ok(text(lock_rule(args, 1)?.locks_at(args.parse(0)?))),
};

pub const IS_LOCKED: Scalar = Scalar {
    name: "seat_is_locked",
    arguments: &["period", "as_of", "lock_day", "tz"],
    null: OnNull::Null,
    call: |args| {
        let locked = lock_rule(args, 2)?.is_locked(args.parse(0)?, args.parse(1)?);
        Ok(Value::Integer(locked.into()))
    },
};

/// The arguments `lock_day, tz`, at `first` and behind it.
pub fn lock_rule(args: &Args<'_>, first: usize) -> Result<LockRule, Fault> {
    Ok(LockRule { lock_day: LockDay::new(args.integer(first)?)?, time_zone: args.parse(first + 1)? })
}

fn text(shown: impl ToString) -> Value {
    Value::Text(shown.to_string())
}
