//! The extension as it is built, loaded into the stock `sqlite3` shell and into Python.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![allow(clippy::disallowed_methods, reason = "SEATLEDGER_EXTENSION names another file to test")]

mod artefact;
mod bare;
mod cases;
mod closed;
mod customers;
mod doors;
mod empty;
mod exclusive;
mod flags;
mod fresh;
mod host;
mod house;
mod identities;
mod lock;
mod notifications;
mod panics;
mod records;
mod settings;
mod worked_example;
