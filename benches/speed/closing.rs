//! Closing a month of a million facts, and verifying its seal.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use seatledger::store::Store;

use super::Bench;
use super::corpus;
use super::steps::{Told, spawn};
use super::table::{median_of, mib};

/// Of a seal alone: quality asks that a person can wait for it.
const SEAL: f64 = 2.0;

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("closing");
    let (mut closed, mut sealed, mut verified) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..bench.runs {
        // Each run closes a month that nobody has closed before.
        let folder = bench.folder.join(format!("closing-{run}"));
        std::fs::create_dir_all(&folder)?;
        std::fs::copy(Path::new(&bench.month()).join("seatledger.db"), folder.join("seatledger.db"))?;
        let folder_name = folder.display().to_string();
        closed.push(spawn(&["close", &folder_name])?);
        sealed.push(spawn(&["seal", &folder_name])?);
        verified.push(spawn(&["verify", &folder_name])?);
        std::fs::remove_dir_all(&folder)?;
    }
    let seconds = |told: &[Told]| median_of(told, |told| told.seconds);
    let peak = |told: &[Told]| mib(told.iter().map(|told| told.peak_kib).max().unwrap_or(0));
    bench.table.note(format!("closing a month: {:.3} s, {}", seconds(&closed), peak(&closed)));
    bench.table.note(format!("verifying seal and figures: {:.3} s, {}", seconds(&verified), peak(&verified)));
    let seal = seconds(&sealed);
    bench.table.bound("seal of a month", format!("{seal:.3} s"), format!("<= {SEAL} s"), seal <= SEAL);
    Ok(())
}

/// The step: one commit.
pub fn close(folder: &str) -> Result<Told> {
    let mut store = Store::open(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let month = store.close(corpus::PERIOD.parse()?, corpus::now(), &corpus::actor())?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(month.users > 0, "a month with users");
    Ok(Told { seconds, ..Told::default() })
}

/// The step: seals and a recount.
pub fn verify(folder: &str) -> Result<Told> {
    let store = Store::open_read_only(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let months = store.verify(None)?;
    let seconds = begun.elapsed().as_secs_f64();
    ensure!(months.len() == 1 && months[0].problems.is_empty(), "a month that holds: {months:?}");
    Ok(Told { seconds, ..Told::default() })
}
