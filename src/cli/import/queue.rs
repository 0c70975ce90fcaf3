//! Files on their way in: several threads read them ahead, within a bound of files and bytes, and they
//! are handed out in the order of their paths.
//!
//! Files are claimed in that order too, so the next one to be handed out is always in work or done:
//! the bound cannot lock the line up.

use std::collections::{HashMap, HashSet};
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::files::Found;
use crate::cli::Context;
use crate::ingest::{self, Bytes, Read, regular};
use crate::store::rules::Rules;
use crate::store::uploads::Arrival;

/// What became of a file on its way to the database.
pub enum Arrived {
    Unreadable(String),
    /// Bytes with this SHA-256 are accepted already.
    Known(String),
    Read(Box<Bytes>, Box<Read>),
}

/// Most that all files in flight may weigh.
const BYTES: u64 = 128 << 20;
/// What an upload weighs while it is in flight, in its own sizes: bytes, names and keys, most of them unpacked.
const WEIGHT: u64 = 16;

pub struct Queue<'a> {
    files: &'a [Found],
    license_server: Option<String>,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    next: usize,
    in_flight: usize,
    weight: u64,
    done: HashMap<usize, (Arrived, u64)>,
    accepted: HashSet<String>,
    stopped: bool,
}

/// Ends the workers when it goes.
pub struct Stop<'q, 'a>(&'q Queue<'a>);

impl Drop for Stop<'_, '_> {
    fn drop(&mut self) {
        self.0.state().stopped = true;
        self.0.changed.notify_all();
    }
}

impl<'a> Queue<'a> {
    pub fn new(files: &'a [Found], accepted: HashSet<String>, license_server: Option<String>) -> Self {
        let state =
            State { next: 0, in_flight: 0, weight: 0, done: HashMap::new(), accepted, stopped: false };
        Self { files, license_server, state: Mutex::new(state), changed: Condvar::new() }
    }

    /// How many threads are worth it.
    pub fn workers(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        cores.clamp(1, 8).min(self.files.len())
    }

    pub fn stop_at_end(&self) -> Stop<'_, 'a> {
        Stop(self)
    }

    /// The file at `index`; waits until it is read. To be asked for in order, each once.
    pub fn take(&self, index: usize) -> Arrived {
        let mut state = self.state();
        loop {
            if let Some((arrived, weight)) = state.done.remove(&index) {
                state.in_flight -= 1;
                state.weight -= weight;
                self.changed.notify_all();
                return arrived;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// From now on the same bytes are not parsed.
    pub fn accepted(&self, sha256: &str) {
        self.state().accepted.insert(sha256.to_owned());
    }

    /// Reads one file after the other until none is left.
    pub fn work(&self, rules: &Rules, context: &Context) {
        while let Some((index, weight)) = self.claim(rules) {
            let found = &self.files[index];
            let arrived = catch_unwind(AssertUnwindSafe(|| self.read(found, rules, context)))
                .unwrap_or_else(|_| {
                    Ok(Arrived::Unreadable("a fault of the program while reading it".to_owned()))
                })
                .unwrap_or_else(|error| Arrived::Unreadable(error.to_string()));
            self.state().done.insert(index, (arrived, weight));
            self.changed.notify_all();
        }
    }

    /// The next file and what it weighs, as soon as there is room for it; one alone always has room.
    fn claim(&self, rules: &Rules) -> Option<(usize, u64)> {
        let most = 2 * self.workers() + 2;
        let mut state = self.state();
        loop {
            let found = self.files.get(state.next).filter(|_| !state.stopped)?;
            let size = std::fs::metadata(&found.path).map_or(0, |file| file.len());
            let held = if size > rules.limits.file_bytes { regular::PIECE as u64 } else { size };
            let weight = held.saturating_mul(WEIGHT);
            if state.in_flight == 0
                || (state.in_flight < most && state.weight.saturating_add(weight) <= BYTES)
            {
                let index = state.next;
                state.next += 1;
                state.in_flight += 1;
                state.weight += weight;
                return Some((index, weight));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn read(&self, found: &Found, rules: &Rules, context: &Context) -> io::Result<Arrived> {
        if let Some(problem) = &found.problem {
            return Ok(Arrived::Unreadable(problem.clone()));
        }
        let (content, sha256, size) = regular::content(regular::open(&found.path)?, rules.limits.file_bytes)?;
        if self.state().accepted.contains(&sha256) {
            return Ok(Arrived::Known(sha256));
        }
        let arrival = Arrival {
            sha256,
            file: found.path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            bytes: size,
            received_at: context.now(),
            way: "import",
            license_server: self.license_server.clone(),
        };
        let bytes = Bytes { arrival, content };
        let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
        Ok(Arrived::Read(Box::new(bytes), Box::new(read)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
