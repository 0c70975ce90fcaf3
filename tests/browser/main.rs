//! The pages in Chromium: accessible, whole, asking nobody, and good for the work from beginning to end.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]
#![cfg(target_os = "linux")]

#[path = "../http/client.rs"]
#[allow(dead_code, reason = "the tests over HTTP use all of it")]
mod client;
#[path = "../http/server.rs"]
#[allow(dead_code, reason = "the tests over HTTP use all of it")]
mod server;
#[path = "../support/mod.rs"]
mod support;

mod driver;
mod hostile_names;
mod journeys;
mod looks;
mod names;
mod pages;
