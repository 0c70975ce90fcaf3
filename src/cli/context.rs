//! What every command is given: the data folder, the form of its output, its instant, and who acts.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::shell::quoted;
use super::{Failure, Out, config};
use crate::clock::now;
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::{Actor, Commit, Store};

/// Says on standard error which months were closed on the way. A courtesy: who does not read it stops nothing.
pub fn tell_closed(store: &mut Store) {
    for month in store.take_closed() {
        let _ = writeln!(std::io::stderr(), "{month}");
    }
}

/// How long a command queues for the one writer.
const PATIENCE: Duration = Duration::from_secs(30);

/// The surroundings of one command.
pub struct Context {
    pub data: PathBuf,
    /// Whether results are printed for programs.
    pub json: bool,
    /// As the audit trail names who acts: `cli/anna`.
    pub actor: Actor,
    /// How to call this program again on the same folder, for hints.
    pub program: String,
    now: Option<UtcInstant>,
}

impl Context {
    pub fn new(program: String, data: PathBuf, json: bool, now: Option<UtcInstant>) -> Self {
        let elsewhere = data != Path::new(super::DEFAULT_DATA);
        let mut program = quoted(&program);
        if elsewhere {
            program.push_str(&format!(" --data {}", quoted(&data.to_string_lossy())));
        }
        Self { data, json, actor: config::actor(), program, now }
    }

    /// The clock's instant, or the one it was told to take for it.
    pub fn now(&self) -> UtcInstant {
        now(self.now)
    }

    /// The instant that stands in for the clock, where one was named.
    pub fn instead(&self) -> Option<UtcInstant> {
        self.now
    }

    /// Opens the database for changes; folder and file are made where they are missing. Months that are due are
    /// closed first, and told of before any result.
    pub fn writer(&self) -> Result<Store, Failure> {
        let mut store = Store::open(&self.data, PATIENCE)?;
        let done = store.close_due(self.now(), &Actor::clock());
        tell_closed(&mut store);
        done?;
        Ok(store)
    }

    /// Opens the database for reading only.
    pub fn reader(&self) -> Result<Store, Failure> {
        Ok(Store::open_read_only(&self.data, PATIENCE)?)
    }

    /// Opens the database for changes as it is: closes nothing, makes neither folder nor file, and fails as reading
    /// does where there is none.
    pub fn existing(&self) -> Result<Store, Failure> {
        drop(self.reader()?);
        Ok(Store::open(&self.data, PATIENCE)?)
    }

    /// Opens the database for changes, or for their rehearsal.
    pub fn writer_or_rehearser(&self, dry_run: bool) -> Result<Store, Failure> {
        if dry_run { self.existing() } else { self.writer() }
    }

    /// An empty list of changes, as of now.
    pub fn commit(&self) -> Commit {
        Commit::new(self.now(), &self.actor)
    }

    /// The billing period that the clocks of the organization show.
    pub fn current_period(&self, store: &Store) -> Result<BillingPeriod, Failure> {
        Ok(BillingPeriod::of(self.now(), store.rules()?.lock.time_zone))
    }

    /// Standard output, buffered.
    pub fn out(&self) -> Out {
        Out::new()
    }
}
