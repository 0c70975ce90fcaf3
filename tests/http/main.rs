//! The server over HTTP, tested on the real program: one module for what a reader would look up.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod client;
mod server;
#[path = "../support/mod.rs"]
mod support;

mod assignments;
mod beside;
mod bulk;
mod bundle;
mod crash;
mod customer_pages;
mod customers;
mod exports;
mod first_run;
mod forms;
mod hand_in;
mod headers;
mod history;
mod inbox;
mod names;
mod outbound;
mod overview;
mod period;
mod periods;
mod routes;
mod sign_in;
mod sources;
mod statements;
mod tls;
mod tokens;
mod uploads;
mod usage;
mod users;
