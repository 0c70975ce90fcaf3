//! seatledger: license usage of a Citrix Service Provider, counted per customer.
//!
//! The house, bottom up; a floor calls only floors below it, and data flows one way:
//! bytes → payload → SQL → count → page.
//!
//! | floor | owns | may call |
//! |---|---|---|
//! | [`domain`] | the rules: periods, lock, identity, precedence, count | nothing |
//! | [`payload`] | reading uploads | domain |
//! | [`extension`] | the rules as SQL functions | domain, payload |
//! | [`store`] | the database file | the floors below |
//! | [`ingest`], [`name_list`], [`export`] | one upload in; lists of names in; files out | the floors below |
//! | [`secret`] | passwords as hashes, tokens and codes | the floors below |
//! | [`demo`] | the sample fleet | the floors below |
//! | [`web`] | pages and API over HTTP | the floors below, and [`clock`] |
//! | [`cli`] | the command line | all of them, and [`clock`] |

#[cfg(all(feature = "server", feature = "extension"))]
compile_error!(
    "Cargo features `server` and `extension` shut each other out: build the extension with --no-default-features --features extension"
);

pub mod domain;
pub mod extension;
pub mod payload;

#[cfg(feature = "server")]
pub mod cli;
#[cfg(feature = "server")]
pub mod clock;
#[cfg(feature = "server")]
pub mod demo;
#[cfg(feature = "server")]
pub mod export;
#[cfg(feature = "server")]
pub mod ingest;
#[cfg(feature = "server")]
pub mod name_list;
#[cfg(feature = "server")]
pub mod secret;
#[cfg(feature = "server")]
pub mod store;
#[cfg(feature = "server")]
pub mod web;
