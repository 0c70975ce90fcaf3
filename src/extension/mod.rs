//! Floor 2: the rules as SQL functions, one implementation for the program and for any stock SQLite.
//!
//! Scalars and table functions are two tables of data, [`SCALARS`] and [`TABLES`]; documentation and
//! tests read them. No function reads a clock, locale or environment.

mod args;
mod closing_users;
mod explain;
mod facts;
mod fault;
mod guards;
mod incoming;
mod key_order;
mod late;
mod listed;
pub mod month;
mod names;
mod payload;
mod periods;
mod products;
mod resolve;
mod rollup;
mod sealing;
pub mod seats;
mod sources;
pub mod stated;
mod statement;
mod totals;
mod user_rows;
mod version;
mod vtab;

#[cfg(feature = "extension")]
mod entry;

use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::functions::FunctionFlags;
use rusqlite::types::Value;
use rusqlite::{Connection, Result};

pub use args::Args;
pub use facts::facts_digest;
pub use fault::Fault;
pub use incoming::{Incoming, Prepared};
pub use names::hex;
pub use vtab::{Argument, Table};

/// A scalar function: its glue, and what documentation says of it.
pub struct Scalar {
    pub name: &'static str,
    pub arguments: &'static [&'static str],
    pub null: OnNull,
    call: fn(&Args<'_>) -> Result<Value, Fault>,
}

/// What a scalar does with a NULL argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnNull {
    /// NULL in, NULL out.
    Null,
    /// A guard: it looks for itself, and never passes on NULL.
    Guard,
}

/// All scalar functions.
pub const SCALARS: &[Scalar] = &[
    version::VERSION,
    version::DEBUG,
    periods::PERIOD,
    periods::PERIOD_ADD,
    periods::LOCKS_AT,
    periods::IS_LOCKED,
    guards::REQUIRE_OPEN,
    guards::REQUIRE,
    names::USER_KEY,
    names::SCRAMBLE,
    names::CHAIN,
    products::PRODUCT,
    products::EDITION,
    products::UNIT,
];

/// All table functions.
pub const TABLES: &[Table] = &[
    rollup::ROLLUP,
    totals::TOTALS,
    sources::SOURCES,
    resolve::RESOLVE,
    explain::EXPLAIN,
    user_rows::USER_ROWS,
    late::LATE,
    statement::STATEMENT,
    facts::FACTS,
    sealing::CANONICAL,
    sealing::SEAL,
    sealing::VERIFY,
    closing_users::CLOSING_USERS,
    payload::PAYLOAD,
    incoming::INCOMING_USERS,
    incoming::INCOMING_NAMES,
    incoming::INCOMING_USAGE,
    incoming::INCOMING_DEVICES,
];

/// Registers every function on the connection. What is put into `incoming` is read by the
/// `seat_incoming_…` functions in place of parsing the upload again.
pub fn register(db: &Connection, incoming: &Incoming) -> Result<()> {
    for scalar in SCALARS {
        // Any count of arguments, so that a wrong one is an error of ours.
        db.create_scalar_function(
            scalar.name,
            -1,
            FunctionFlags::SQLITE_UTF8
                | FunctionFlags::SQLITE_DETERMINISTIC
                | FunctionFlags::SQLITE_INNOCUOUS,
            |context| {
                catch_unwind(AssertUnwindSafe(|| args::call(scalar, context)))
                    .unwrap_or_else(|panic| Err(Fault::panicked(panic.as_ref())))
                    .map_err(Fault::into_sqlite)
            },
        )?;
    }
    TABLES.iter().try_for_each(|table| vtab::register(db, table, incoming))?;
    #[cfg(any(test, feature = "panic-test"))]
    version::register_panics(db, incoming)?;
    Ok(())
}
