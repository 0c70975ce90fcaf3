//! The users of a month as CSV, beside Python's csv module over a plain table of the same rows; and as a workbook.

use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use seatledger::export::{self, Asked, Csv, Form, Report};
use seatledger::store::Store;

use super::steps::{Told, spawn};
use super::table::{Goal, median_of, mib};
use super::{Bench, corpus};

/// The step.
pub fn write(folder: &str, file: &str) -> Result<Told> {
    let store = Store::open_read_only(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let file = BufWriter::new(std::fs::File::create(file)?);
    export::users(&store, corpus::PERIOD.parse()?, corpus::now(), &mut Csv::new(file))?;
    Ok(Told { seconds: begun.elapsed().as_secs_f64(), ..Told::default() })
}

/// The same as a workbook.
pub fn write_workbook(folder: &str, file: &str) -> Result<Told> {
    let store = Store::open_read_only(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let file = BufWriter::new(std::fs::File::create(file)?);
    Asked::new(Report::Users, Form::Xlsx, corpus::PERIOD.parse()?).write(&store, corpus::now(), file)?;
    Ok(Told { seconds: begun.elapsed().as_secs_f64(), ..Told::default() })
}

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("export");
    let (own_file, their_file) = (bench.folder.join("own.csv"), bench.folder.join("python.csv"));
    let plain = bench.folder.join("plain.db").display().to_string();
    let (own_path, their_path) = (own_file.display().to_string(), their_file.display().to_string());
    let (mut own, mut python) = (vec![spawn(&["export", &bench.month(), &own_path])?], Vec::new());
    if bench.peers.python {
        bench.peers.run(&["export-load", &plain, &own_path])?;
    }
    for _ in 0..bench.runs {
        own.push(spawn(&["export", &bench.month(), &own_path])?);
        if bench.peers.python {
            python.push(bench.peers.run(&["export", &plain, &their_path])?);
        }
    }
    let peak = own.iter().map(|told| told.peak_kib).max().unwrap_or(0);
    if !python.is_empty() {
        ensure!(std::fs::read(&own_file)? == std::fs::read(&their_file)?, "the exports differ");
        let theirs = median_of(&python, |told| told.seconds);
        let goal = Goal { floor: 1.0, aim: 2.0, less: false };
        bench.table.compare(
            "export of users as CSV",
            median_of(&own[1..], |told| told.seconds),
            "Python",
            theirs,
            goal,
        );
    }
    let book_path = bench.folder.join("own.xlsx").display().to_string();
    let mut book = Vec::new();
    for _ in 0..bench.runs {
        book.push(spawn(&["export-xlsx", &bench.month(), &book_path])?);
    }
    bench.table.compare(
        "the same as XLSX",
        median_of(&book, |told| told.seconds),
        "as CSV",
        median_of(&own[1..], |told| told.seconds),
        // A workbook is eleven cells of XML a row, written twice and packed.
        Goal { floor: 10.0, aim: 6.0, less: true },
    );
    let book_peak = book.iter().map(|told| told.peak_kib).max().unwrap_or(0);
    bench.table.bound(
        "peak memory of the workbook",
        mib(book_peak),
        "100 MiB".to_owned(),
        book_peak <= 100 << 10,
    );
    bench.table.bound("peak memory of the export", mib(peak), "100 MiB".to_owned(), peak <= 100 << 10);
    Ok(())
}
