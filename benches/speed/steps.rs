//! What is measured, each step a process of its own that tells its time and peak memory as JSON.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use seatledger::domain::period::TimeZone;
use seatledger::payload;
use seatledger::store::{Store, StoreError};
use serde::{Deserialize, Serialize};

use super::corpus;
use super::rollup::PLAIN_SQL;

/// What a step tells, ours or a peer's.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Told {
    pub seconds: f64,
    /// Of DuckDB: the first time on its connection; `seconds` is the best of three.
    pub first_seconds: f64,
    /// Of an import: the part before the database.
    pub read_seconds: f64,
    /// Of the whole process.
    pub peak_kib: u64,
    /// Pages in the log after an import.
    pub frames: u64,
    /// Of a rollup: sorted, to be compared.
    pub rows: Vec<String>,
}

/// Runs a step in a new process.
pub fn spawn(arguments: &[&str]) -> Result<Told> {
    let output = Command::new(std::env::current_exe()?).arg("step").args(arguments).output()?;
    eprint!("{}", String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        bail!("step {arguments:?} failed");
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("step {arguments:?}"))
}

/// The process of a step.
pub fn run(arguments: &[String]) -> Result<()> {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let mut told = match arguments[..] {
        ["fill", folder, users, months] => {
            corpus::fill(Path::new(folder), users.parse()?, months.parse()?)?;
            Told::default()
        }
        ["rollup", folder] => count(
            folder,
            &format!(
                "SELECT feature, coalesce(customer_id, ''), users, free_users FROM seat_rollup('{}')",
                corpus::PERIOD
            ),
        )?,
        ["sqlite", folder] => count(folder, &PLAIN_SQL.replace(":period", &corpus::PERIOD.replace('-', "")))?,
        ["close", folder] => super::closing::close(folder)?,
        ["seal", folder] => count(folder, "SELECT seal FROM seat_verify() WHERE ok")?,
        ["verify", folder] => super::closing::verify(folder)?,
        ["report", folder, report, form, file] => super::closed::write(folder, report, form, file)?,
        ["import", folder, file] => import(folder, file)?,
        ["parse", file] => parse(file)?,
        ["export", folder, file] => super::export::write(folder, file)?,
        ["export-xlsx", folder, file] => super::export::write_workbook(folder, file)?,
        _ => bail!("unknown step {arguments:?}"),
    };
    told.peak_kib = peak_kib();
    println!("{}", serde_json::to_string(&told)?);
    Ok(())
}

/// On a fresh connection, which is open when the time begins.
fn count(folder: &str, sql: &str) -> Result<Told> {
    let store = Store::open_read_only(Path::new(folder), Duration::from_secs(30))?;
    let mut rows = Vec::new();
    let begun = Instant::now();
    store.query::<StoreError>(sql, |_, values| {
        let cell = |value: &rusqlite::types::ValueRef<'_>| match value {
            rusqlite::types::ValueRef::Integer(number) => number.to_string(),
            other => other.as_str_or_null().ok().flatten().unwrap_or_default().to_owned(),
        };
        rows.push(values.iter().map(cell).collect::<Vec<_>>().join(","));
        Ok(())
    })?;
    let seconds = begun.elapsed().as_secs_f64();
    rows.sort_unstable();
    Ok(Told { seconds, rows, ..Told::default() })
}

fn import(folder: &str, file: &str) -> Result<Told> {
    let mut store = Store::open(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let read = corpus::import(&mut store, std::fs::read(file)?)?;
    let seconds = begun.elapsed().as_secs_f64();
    // The log begins anew in each process: what it holds is what this one wrote, in pages with their heads.
    let frames = std::fs::metadata(store.path().with_extension("db-wal"))?.len() / (4096 + 24);
    Ok(Told { seconds, read_seconds: read.as_secs_f64(), frames, ..Told::default() })
}

/// Unpacked and parsed, neither keyed nor sorted: what Python's zipfile and json do.
fn parse(file: &str) -> Result<Told> {
    let begun = Instant::now();
    let content = std::fs::read(file)?;
    let context = payload::Context {
        limits: &payload::Limits::default(),
        received_at: Some(corpus::now()),
        time_zone: TimeZone::UTC,
        file_name: file,
    };
    let reading = payload::read(&content, &context)?;
    let seconds = begun.elapsed().as_secs_f64();
    anyhow::ensure!(reading.payloads.len() == 1, "one payload");
    Ok(Told { seconds, ..Told::default() })
}

/// 0 where the system does not tell.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
