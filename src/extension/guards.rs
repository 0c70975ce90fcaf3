//! `seat_require_open` and `seat_require`: what triggers call. They never pass on NULL.

use rusqlite::types::Value;

use super::periods::lock_rule;
use super::{Fault, OnNull, Scalar};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;

pub const REQUIRE_OPEN: Scalar = Scalar {
    name: "seat_require_open",
    arguments: &["period", "as_of", "lock_day", "tz", "closed_through", "live_from"],
    null: OnNull::Guard,
    call: |args| {
        let (period, as_of) = (args.parse::<BillingPeriod>(0)?, args.parse::<UtcInstant>(1)?);
        lock_rule(args, 2)?.require_open(period, as_of, args.parse_nullable(4)?, args.parse_nullable(5)?)?;
        Ok(Value::Text(period.to_string()))
    },
};

pub const REQUIRE: Scalar = Scalar {
    name: "seat_require",
    arguments: &["condition", "code", "message"],
    null: OnNull::Guard,
    call: |args| {
        if !args.is_null(0) && args.integer(0)? != 0 {
            return Ok(Value::Integer(1));
        }
        let message = if args.is_null(2) { "not allowed" } else { args.text(2)? };
        Err(Fault::Required(format!("{}: {message}", args.text(1)?)))
    },
};
