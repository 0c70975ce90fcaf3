//! How the rollup of the open month grows: with the months before it, and with the users.

use anyhow::Result;

use super::Bench;
use super::steps::{Told, spawn};
use super::table::{Goal, median_of};

pub fn run(bench: &mut Bench) -> Result<()> {
    println!("growth");
    let tenth = (bench.users / 10).to_string();
    let folder = |name: &str| bench.folder.join(name).display().to_string();
    let (one, twelve, ten) = (folder("one"), folder("twelve"), bench.month());
    spawn(&["fill", &one, &tenth, "1"])?;
    spawn(&["fill", &twelve, &tenth, "12"])?;
    let mut times: [Vec<Told>; 3] = Default::default();
    // Short runs: more of them.
    for _ in 0..bench.runs * 3 {
        for (folder, times) in [&one, &twelve, &ten].into_iter().zip(&mut times) {
            times.push(spawn(&["rollup", folder])?);
        }
    }
    let [one, twelve, ten] = times.map(|times| median_of(&times, |told| told.seconds));
    bench.table.compare(
        "rollup, 12 x the months",
        twelve,
        "1 month",
        one,
        Goal { floor: 1.2, aim: 1.1, less: true },
    );
    bench.table.compare(
        "rollup, 10 x the users",
        ten,
        "a tenth",
        one,
        Goal { floor: 11.0, aim: 10.0, less: true },
    );
    Ok(())
}
