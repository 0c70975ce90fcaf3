//! The command line, tested on the real program: one module a command, and the scenarios that need several.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

#[path = "../support/mod.rs"]
mod support;

mod account;
mod alias;
mod assign;
mod bundle;
mod check;
mod client;
mod config;
mod customer;
mod demo;
mod exit_codes;
mod export;
mod free;
mod import;
mod import_many;
mod kill;
mod lock;
mod period;
mod setting;
mod sql;
mod together;
mod workbook;
mod worked_example;
