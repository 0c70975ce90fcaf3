//! Imports of a million users in one upload: new, the same the next day, and with a few new names.

use anyhow::Result;

use super::steps::{Told, spawn};
use super::table::{Goal, median_of, mib};
use super::{Bench, corpus};

/// Name of the upload, ratio that is the floor, and the aim.
const DAYS: [(&str, f64, f64); 3] = [
    ("import of new users", 4.0, 6.0),
    ("the same list the next day", 10.0, 20.0),
    ("with 0.1 % new names", 6.0, 10.0),
];
/// What an import may write beside the bytes of the upload, in pages.
const OWN_ROWS: u64 = 40;

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("import");
    let users = bench.users;
    let more = users + users / 1000;
    let mut files = Vec::new();
    for (day, count) in [(1, users), (2, users), (3, more)] {
        // Another order each day, as servers list them.
        let shuffled = (0..count).map(|place| (place + day * 7_919) % count);
        let content = corpus::server_zip(1, &format!("2026-09-2{day}T03:00:00Z"), corpus::PERIOD, shuffled)?;
        let file = bench.folder.join(format!("day{day}.zip"));
        std::fs::write(&file, content)?;
        files.push(file.display().to_string());
    }
    let runs = bench.runs.clamp(1, 3);
    let (mut own, mut python): ([Vec<Told>; 3], [Vec<Told>; 3]) = Default::default();
    for run in 0..runs {
        let folder = bench.folder.join(format!("import{run}"));
        let database = bench.folder.join(format!("python{run}.db"));
        for (day, file) in files.iter().enumerate() {
            own[day].push(spawn(&["import", &folder.display().to_string(), file])?);
            if bench.peers.python {
                python[day].push(bench.peers.run(&["import", &database.display().to_string(), file])?);
            }
        }
        std::fs::remove_dir_all(&folder)?;
        let _ = std::fs::remove_file(&database);
    }
    for (day, (what, floor, aim)) in DAYS.into_iter().enumerate() {
        let seconds = median_of(&own[day], |told| told.seconds);
        let peak = own[day].iter().map(|told| told.peak_kib).max().unwrap_or(0);
        bench.table.note(format!(
            "{what}: {:.3} s of it read and hash; peak {}",
            median_of(&own[day], |told| told.read_seconds),
            mib(peak)
        ));
        if !python[day].is_empty() {
            let theirs = median_of(&python[day], |told| told.seconds);
            bench.table.compare(what, seconds, "Python", theirs, Goal { floor, aim, less: false });
        }
        if day == 0 {
            bench.table.bound(
                "peak memory of the import",
                mib(peak),
                "400 MiB".to_owned(),
                peak <= 400 << 10,
            );
        }
        if day == 1 {
            let content = std::fs::metadata(&files[1])?.len() / 4096;
            let frames = own[1].iter().map(|told| told.frames).max().unwrap_or(0);
            let beside = frames.saturating_sub(content);
            bench.table.bound(
                "pages written beside the upload's bytes",
                format!("{beside} of {frames}"),
                format!("{OWN_ROWS}"),
                beside <= OWN_ROWS,
            );
        }
    }
    let parsed: Vec<Told> = (0..bench.runs).map(|_| spawn(&["parse", &files[0]])).collect::<Result<_>>()?;
    if !python[0].is_empty() {
        let theirs = median_of(&python[0], |told| told.read_seconds);
        let goal = Goal { floor: 1.0, aim: 2.0, less: false };
        let own = median_of(&parsed, |told| told.seconds);
        bench.table.compare("unpacking and parsing alone", own, "Python", theirs, goal);
    }
    Ok(())
}
