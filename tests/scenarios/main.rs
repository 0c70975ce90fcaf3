//! Rules that hold whatever happens, on real database files: random uploads, tags and orders.
#![allow(clippy::unwrap_used, reason = "a test stops at what it did not expect")]
#![allow(clippy::disallowed_methods, reason = "SEATLEDGER_TEST_FULL says how long to run")]

mod batches;
mod checklist;
mod clock;
mod closing;
mod doors;
mod figures;
mod frozen;
mod history;
mod house;
mod identities;
mod late;
mod notifications;
mod properties;
mod seals;
mod servers;
mod stories;
mod uploads;
