//! `cargo bench`: what a million users cost, each figure against a baseline run beside it.
//!
//! Every measured step is a process of its own, so that caches start equal and peak memory is told; times
//! are taken inside it. Own and peer take turns, and medians are compared. `cargo bench -- rollup` runs one
//! part; parts are rollup, import, export, growth,
//! closing, closed and serve. `--users N` changes the million, `--runs N` the counts.
#![allow(clippy::disallowed_methods, reason = "what is measured is real time")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a bench stops where it fails")]

mod closed;
mod closing;
mod corpus;
mod export;
mod growth;
mod import;
mod peers;
mod rollup;
mod serve;
mod steps;
mod table;

use std::path::PathBuf;

use anyhow::Result;

/// What the parts share.
pub struct Bench {
    pub users: usize,
    pub runs: usize,
    /// Emptied at the end.
    pub folder: PathBuf,
    pub peers: peers::Peers,
    pub table: table::Table,
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.first().map(String::as_str) == Some("step") {
        return steps::run(&arguments[1..]);
    }
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("speed: run by `cargo bench` only");
        return Ok(());
    }
    let number = |name: &str, default: usize| -> Result<usize> {
        match arguments.iter().position(|argument| argument == name) {
            Some(at) => Ok(arguments.get(at + 1).map(|value| value.parse()).transpose()?.unwrap_or(default)),
            None => Ok(default),
        }
    };
    let parts: Vec<&str> = ["rollup", "import", "export", "growth", "closing", "closed", "serve"]
        .into_iter()
        .filter(|part| arguments.iter().any(|argument| argument == part))
        .collect();
    let wanted = |part: &str| parts.is_empty() || parts.contains(&part);
    let scratch = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let mut bench = Bench {
        users: number("--users", 1_000_000)?,
        runs: number("--runs", 5)?,
        folder: scratch.path().to_owned(),
        peers: peers::Peers::set_up(),
        table: table::Table::default(),
    };
    // All but import read the database that the rollup fills.
    if ["rollup", "export", "growth", "closing", "closed", "serve"].into_iter().any(wanted) {
        rollup::fill(&mut bench)?;
    }
    if wanted("rollup") {
        rollup::run(&mut bench)?;
    }
    if wanted("export") {
        export::run(&mut bench)?;
    }
    if wanted("growth") {
        growth::run(&mut bench)?;
    }
    if wanted("closing") {
        closing::run(&mut bench)?;
    }
    if wanted("closed") {
        closed::run(&mut bench)?;
    }
    if wanted("serve") {
        serve::run(&mut bench)?;
    }
    if wanted("import") {
        import::run(&mut bench)?;
    }
    bench.table.print();
    Ok(())
}
