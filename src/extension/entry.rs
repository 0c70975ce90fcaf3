//! The C entry points of the loadable extension.
#![allow(unsafe_code, reason = "SQLite calls a C function by its name")]

use std::ffi::{c_char, c_int};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rusqlite::{Connection, ffi};

use super::Incoming;

/// `.load libseatledger sqlite3_seatledger_init`
///
/// # Safety
/// Called by SQLite with pointers of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sqlite3_seatledger_init(
    db: *mut ffi::sqlite3,
    message: *mut *mut c_char,
    api: *mut ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: the arguments are passed on as they came.
    let entry = || unsafe { Connection::extension_init2(db, message, api, initialise) };
    catch_unwind(AssertUnwindSafe(entry)).unwrap_or(ffi::SQLITE_ERROR)
}

/// The entry point that SQLite tries when none is named.
///
/// # Safety
/// Called by SQLite with pointers of its own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn sqlite3_extension_init(
    db: *mut ffi::sqlite3,
    message: *mut *mut c_char,
    api: *mut ffi::sqlite3_api_routines,
) -> c_int {
    // SAFETY: the arguments are passed on as they came.
    unsafe { sqlite3_seatledger_init(db, message, api) }
}

fn initialise(db: Connection) -> rusqlite::Result<bool> {
    super::register(&db, &Incoming::default())?;
    Ok(false)
}
