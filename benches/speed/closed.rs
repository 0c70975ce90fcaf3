//! Pages, calls and files of a closed month, at a million users and at a tenth of them: figures come from statement rows,
//! so what they cost must not depend on the users behind them.

use std::io::BufWriter;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use seatledger::domain::period::PeriodRange;
use seatledger::export::{self, Form, Report};
use seatledger::store::Store;

use super::serve::{Asked, Keys, Served, at, measure};
use super::steps::{Told, spawn};
use super::table::{median_of, mib};
use super::{Bench, corpus};

const ASKED: &[Asked] = &[
    ("GET /api/v1/usage", "/api/v1/usage?period=2026-09", true),
    ("GET /api/v1/explain", "/api/v1/explain?period=2026-09&feature=XDT_PLT_UD", true),
    ("GET /api/v1/history", "/api/v1/history?from=2026-09&to=2026-09", true),
    ("GET /api/v1/periods", "/api/v1/periods", true),
    ("GET …/statement", "/api/v1/periods/2026-09/statement", true),
    ("overview page", "/?period=2026-09", false),
    ("usage page", "/usage?period=2026-09", false),
    ("users page", "/users?period=2026-09", false),
    ("customers page", "/customers?period=2026-09", false),
    ("customer page", "/customer?id=c1&period=2026-09", false),
    ("periods page", "/periods?period=2026-09", false),
    ("period page", "/period?period=2026-09", false),
    ("statement page", "/statement?period=2026-09", false),
    ("statement page of a customer", "/statement?period=2026-09&customer=c1", false),
    ("history page", "/history?period=2026-09&from=2026-09&to=2026-09", false),
    ("history page, 12 months", "/history?period=2026-09&to=2026-09", false),
];
/// Files: by the name of their report.
const FILES: &[&str] = &["usage", "users", "statement", "history"];
const FORMS: [Form; 3] = Form::ALL;
const AIM: f64 = 0.010;
/// Rounds of each of the clients.
const ROUNDS: usize = 100;
const PEAK_KIB: u64 = 100 << 10;

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("closed");
    let whole = format!("{} users", bench.users);
    let tenth = format!("{} users", bench.users / 10);
    let fewer = bench.folder.join("tenth").display().to_string();
    if !Path::new(&fewer).exists() {
        spawn(&["fill", &fewer, &(bench.users / 10).to_string(), "1"])?;
    }
    let year = bench.folder.join("year").display().to_string();
    spawn(&["fill", &year, &(bench.users / 100).to_string(), "12"])?;
    pages(bench, &format!("12 months of {} users", bench.users / 100), &year)?;
    let small = pages(bench, &tenth, &fewer)?;
    let month = bench.month();
    let large = pages(bench, &whole, &month)?;
    for (index, (what, ..)) in ASKED.iter().enumerate() {
        bench
            .table
            .note(format!("{what}: p50 with ten times the users {:.2} x", large[index] / small[index]));
    }
    Ok(())
}

/// All months, in their order.
fn close(folder: &Path) -> Result<()> {
    let mut store = Store::open(folder, Duration::from_secs(30))?;
    let last = corpus::PERIOD.parse()?;
    let months = PeriodRange::new(store.first_period()?.unwrap_or(last), last)?;
    for month in months.months() {
        store.close(month, corpus::now(), &corpus::actor())?;
    }
    Ok(())
}

/// Medians of what is asked for; notes and bounds of all else.
fn pages(bench: &mut Bench, users: &str, filled: &str) -> Result<Vec<f64>> {
    let folder = bench.folder.join(format!("closed {users}"));
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(Path::new(filled).join("seatledger.db"), folder.join("seatledger.db"))?;
    let path = folder.display().to_string();
    close(&folder)?;
    let keys = Keys::make(&folder)?;
    let served = Served::start(&folder)?;
    for (what, path, _) in ASKED {
        let first = keys.ask(&served, path)?;
        bench.table.note(format!("{what}, {users}: {first:.3} s the first time"));
    }
    let times = measure(&served, &keys, ASKED, |asked| asked < ROUNDS)?;
    let (p50, p95) = (at(&times[ASKED.len()], 0.50), at(&times[ASKED.len()], 0.95));
    bench.table.note(format!("static file, {users}: p50 {:.1} ms, p95 {:.1} ms", p50 * 1e3, p95 * 1e3));
    for ((what, ..), times) in ASKED.iter().zip(&times) {
        let (own50, own95) = (at(times, 0.50), at(times, 0.95));
        let found = format!(
            "p50 {:.1} ms, p95 {:.1} ms, {:.1} x static, n {}",
            own50 * 1e3,
            own95 * 1e3,
            own50 / p50,
            times.len()
        );
        bench.table.bound(&format!("{what}, closed, {users}"), found, "p95 10 ms".to_owned(), own95 <= AIM);
    }
    bench.table.note(format!("memory of the server, {users}: {}", mib(served.resident_kib())));
    drop(served);
    files(bench, users, &path)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(times.iter().map(|times| at(times, 0.50)).collect())
}

fn files(bench: &mut Bench, users: &str, folder: &str) -> Result<()> {
    let file = bench.folder.join("closed.out").display().to_string();
    for report in FILES {
        for form in FORMS {
            let mut told = Vec::new();
            for _ in 0..bench.runs {
                told.push(spawn(&["report", folder, report, form.as_str(), &file])?);
            }
            let bytes = std::fs::metadata(&file)?.len();
            ensure!(bytes > 100, "{report}: rows");
            let peak = told.iter().map(|told| told.peak_kib).max().unwrap_or(0);
            let seconds = median_of(&told, |told| told.seconds);
            bench.table.bound(
                &format!("export {report}, {}, closed, {users}", form.as_str()),
                format!("{seconds:.3} s, {} KiB, peak {}", bytes >> 10, mib(peak)),
                "100 MiB".to_owned(),
                peak <= PEAK_KIB,
            );
        }
    }
    Ok(())
}

/// The step.
pub fn write(folder: &str, report: &str, form: &str, file: &str) -> Result<Told> {
    let store = Store::open_read_only(Path::new(folder), Duration::from_secs(30))?;
    let begun = Instant::now();
    let mut file = BufWriter::new(std::fs::File::create(file)?);
    let (period, now) = (corpus::PERIOD.parse()?, corpus::now());
    let asked = export::Asked::new(report.parse::<Report>()?, form.parse()?, period);
    let asked = export::Asked { from: Some(period).filter(|_| report == "history"), ..asked };
    asked.write(&store, now, &mut file)?;
    Ok(Told { seconds: begun.elapsed().as_secs_f64(), ..Told::default() })
}
