//! `seat_version` and `seat_debug`, and in test builds the functions that panic on purpose.

use rusqlite::types::Value;

use super::{OnNull, Scalar};

pub const VERSION: Scalar = Scalar {
    name: "seat_version",
    arguments: &[],
    null: OnNull::Null,
    call: |_| Ok(Value::Text(concat!("v", env!("CARGO_PKG_VERSION")).to_owned())),
};

/// `v0.1.0; commit 0123456789ab; server; SQLite 3.53.2`
pub const DEBUG: Scalar = Scalar {
    name: "seat_debug",
    arguments: &[],
    null: OnNull::Null,
    call: |_| {
        Ok(Value::Text(format!(
            "v{}; commit {}; {}; SQLite {}",
            env!("CARGO_PKG_VERSION"),
            option_env!("SEATLEDGER_COMMIT").unwrap_or("unknown"),
            if cfg!(feature = "extension") { "extension" } else { "server" },
            rusqlite::version(),
        )))
    },
};

/// Proof that no panic crosses the C boundary: one scalar, and one table for each place.
#[cfg(any(test, feature = "panic-test"))]
#[allow(clippy::panic, reason = "it is what they are for")]
pub fn register_panics(db: &rusqlite::Connection, incoming: &super::Incoming) -> rusqlite::Result<()> {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::vtab::{Argument, Call, Cell, Rows, Table};
    use super::{Fault, vtab};

    struct Panics;
    impl Rows for Panics {
        fn next(&mut self) -> Result<bool, Fault> {
            panic!("in next, on purpose")
        }
        fn cell(&self, _: usize) -> Cell<'_> {
            Cell::Null
        }
    }
    struct PanicsInCell;
    impl Rows for PanicsInCell {
        fn next(&mut self) -> Result<bool, Fault> {
            Ok(true)
        }
        fn cell(&self, _: usize) -> Cell<'_> {
            panic!("in a cell, on purpose")
        }
    }
    const TABLE: Table = Table {
        name: "seat_panic_table",
        columns: &["value"],
        arguments: &[Argument { name: "place", required: true }],
        open: |call: &Call<'_>| match call.text(0)? {
            "filter" => panic!("in filter, on purpose"),
            "next" => Ok(Box::new(Panics)),
            _ => Ok(Box::new(PanicsInCell)),
        },
    };
    vtab::register(db, &TABLE, incoming)?;
    db.create_scalar_function("seat_panic", 0, rusqlite::functions::FunctionFlags::SQLITE_UTF8, |_| {
        catch_unwind(AssertUnwindSafe(|| -> Result<i64, Fault> { panic!("on purpose") }))
            .unwrap_or_else(|panic| Err(Fault::panicked(panic.as_ref())))
            .map_err(Fault::into_sqlite)
    })
}
