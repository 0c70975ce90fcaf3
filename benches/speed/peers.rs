//! The baselines in Python and DuckDB, by `scripts/bench-peers`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use super::steps::Told;

pub struct Peers {
    script: PathBuf,
    pub python: bool,
    pub duckdb: bool,
}

impl Peers {
    /// Makes the virtual environment where it is missing, and says plainly what cannot be compared.
    pub fn set_up() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/bench-peers");
        let found = match Command::new(&script).arg("setup").output() {
            Ok(output) => {
                eprint!("{}", String::from_utf8_lossy(&output.stderr));
                String::from_utf8_lossy(&output.stdout).into_owned()
            }
            Err(error) => {
                eprintln!("scripts/bench-peers cannot be run: {error}");
                String::new()
            }
        };
        let has = |peer: &str| found.split_whitespace().any(|word| word == peer);
        let peers = Self { script, python: has("python"), duckdb: has("duckdb") };
        for (name, there) in [("Python", peers.python), ("DuckDB", peers.duckdb)] {
            if !there {
                println!("NOT COMPARED with {name}: it could not be set up (see above)");
            }
        }
        peers
    }

    pub fn run(&self, arguments: &[&str]) -> Result<Told> {
        let output = Command::new(&self.script).args(arguments).output()?;
        if !output.status.success() {
            bail!("bench-peers {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        }
        serde_json::from_slice(&output.stdout).with_context(|| format!("bench-peers {arguments:?}"))
    }
}
