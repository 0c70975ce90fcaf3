//! The watched folder: a file that appears is taken in once its size has settled, then moved to `done/` or `rejected/`.
//!
//! Polled, not notified of: notifications do not come over network shares.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, SystemTime};

use super::app::App;
use super::closed;
use crate::domain::error::{Error, code};
use crate::domain::instant::UtcInstant;
use crate::ingest::{self, Bytes, Outcome, regular};
use crate::payload::Rejection;
use crate::store::uploads::Arrival;
use crate::store::{Actor, Store, StoreError};

/// Between two looks; a file whose size and time are the same in two of them has settled.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a look queues for the writer; the next one tries again.
const PATIENCE: Duration = Duration::from_secs(10);
/// Endings of files that a program is still writing, by custom.
const UNFINISHED: [&str; 6] = ["part", "partial", "tmp", "crdownload", "filepart", "download"];

/// A thread with a connection of its own; ends, after the file at hand, when this goes.
pub struct Inbox {
    end: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Inbox {
    /// Errors: `SEAT-C13` where there is no such folder.
    pub fn start(app: Arc<App>, folder: PathBuf) -> Result<Self, super::server::ServeError> {
        if let Err(error) = fs::read_dir(&folder) {
            let detail = format!("expected a folder at {}, found: {error}", folder.display());
            return Err(Error::new(code::INBOX_UNREADABLE, detail).into());
        }
        let store = Store::open(&app.data, PATIENCE)?;
        let mut watch = Watch { app, store, folder, seen: HashMap::new(), is_told: false };
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || {
            while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(PAUSE) {
                watch.look(&|| ended.try_recv() != Err(std::sync::mpsc::TryRecvError::Empty));
            }
        });
        Ok(Self { end: Some(end), thread: Some(thread) })
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it has been told on standard error.
            let _ = thread.join();
        }
    }
}

/// Size and time of a file as they were seen.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark(u64, Option<SystemTime>);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// For the first time, or changed since.
    Growing(Mark),
    /// Taken in, and could not be moved: it is not read again until it changes.
    Settled(Mark),
    /// Could not be taken in, which is told once: it is tried again with every look.
    Failing(Mark),
}

struct Watch {
    app: Arc<App>,
    store: Store,
    folder: PathBuf,
    seen: HashMap<PathBuf, Seen>,
    /// Whether the present trouble with the folder is told.
    is_told: bool,
}

impl Watch {
    fn look(&mut self, is_ended: &dyn Fn() -> bool) {
        let found = match files(&self.folder) {
            Ok(found) => found,
            Err(error) => return self.tell(&format!("cannot be read: {error}")),
        };
        self.seen.retain(|path, _| found.iter().any(|(other, _)| other == path));
        for (path, mark) in found {
            if is_ended() {
                return;
            }
            match self.seen.get(&path) {
                Some(Seen::Growing(before) | Seen::Failing(before)) if *before == mark => {}
                Some(Seen::Settled(before)) if *before == mark => continue,
                _ => {
                    self.seen.insert(path, Seen::Growing(mark));
                    continue;
                }
            }
            match self.take(&path) {
                Ok(outcome) => self.put_away(&path, mark, &outcome),
                // The database is busy or full, or the file cannot be read yet: it stays, and is tried again.
                Err(error) => {
                    if self.seen.insert(path.clone(), Seen::Failing(mark)) != Some(Seen::Failing(mark)) {
                        tracing::warn!(file = ?path, %error, "inbox: not taken in yet; tried again every second");
                    }
                }
            }
        }
    }

    fn take(&mut self, path: &Path) -> Result<Outcome, StoreError> {
        let now = self.app.now();
        let rules = self.store.rules()?;
        let (content, sha256, bytes) = regular::open_itself(path)
            .and_then(|opened| regular::content(opened, rules.limits.file_bytes))
            .map_err(|error| {
                StoreError::refused(
                    code::FILE_UNREADABLE,
                    format!("expected to read {}, found: {error}", path.display()),
                )
            })?;
        if let Some(receipt) = self.store.find_receipt(&sha256)? {
            return Ok(Outcome::Duplicate(receipt));
        }
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let arrival = Arrival { sha256, file, bytes, received_at: now, way: "inbox", license_server: None };
        let mut bytes = Bytes { arrival, content };
        let read = ingest::read(&bytes, &rules.limits, rules.lock.time_zone);
        let outcome = ingest::take_in(&mut self.store, &Actor("inbox".to_owned()), &mut bytes, read, now);
        closed::take(&mut self.store);
        let fault = outcome.as_ref().err().map(|error| super::fault::Fault::from(error.error().clone()));
        self.app.heed(fault.as_ref());
        outcome
    }

    /// Moves it to `done/`, or to `rejected/` with its reason beside it.
    fn put_away(&mut self, path: &Path, mark: Mark, outcome: &Outcome) {
        let (to, reason) = match outcome {
            Outcome::Rejected { id, rejection, .. } => ("rejected", Some(reason(id, rejection))),
            _ => ("done", None),
        };
        match move_into(path, &self.folder.join(to), reason.as_deref(), self.app.now()) {
            Ok(()) => {
                self.seen.remove(path);
                self.is_told = false;
                tracing::info!(file = ?path, to, "inbox: taken in");
            }
            Err(error) => {
                self.seen.insert(path.to_owned(), Seen::Settled(mark));
                self.tell(&format!("cannot be tidied: {error}; what was taken in stays where it is"));
            }
        }
    }

    fn tell(&mut self, trouble: &str) {
        if !std::mem::replace(&mut self.is_told, true) {
            tracing::warn!(folder = ?self.folder, trouble, "inbox");
        }
    }
}

/// Regular files of the folder itself that no program is still writing, by name.
fn files(folder: &Path) -> std::io::Result<Vec<(PathBuf, Mark)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
        if name.starts_with('.') || name.ends_with('~') || UNFINISHED.contains(&ending.as_str()) {
            continue;
        }
        // A file that went in between is not there any more.
        // A link is none of ours: in a shared folder it could lead to any file.
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        if metadata.is_file() {
            found.push((path, Mark(metadata.len(), metadata.modified().ok())));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn move_into(path: &Path, folder: &Path, reason: Option<&str>, now: UtcInstant) -> std::io::Result<()> {
    match fs::symlink_metadata(folder) {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return Err(std::io::Error::other("something else lies in place of the folder")),
        Err(_) => fs::create_dir(folder)?,
    }
    let name = path.file_name().unwrap_or_default();
    let mut number = 0;
    loop {
        let mut to = folder.join(name);
        if number > 0 {
            let mut numbered = std::ffi::OsString::from(format!("{}-{number}-", now.unix_seconds()));
            numbered.push(name);
            to = folder.join(numbered);
        }
        number += 1;
        // What came earlier by the same name stays what it is, and its reason too.
        let mut beside = to.clone().into_os_string();
        beside.push(".reason.txt");
        if fs::symlink_metadata(&to).is_ok() || fs::symlink_metadata(&beside).is_ok() {
            continue;
        }
        if let Some(reason) = reason {
            let mut file = fs::OpenOptions::new().write(true).create_new(true).open(&beside)?;
            file.write_all(reason.as_bytes())?;
        }
        return fs::rename(path, to);
    }
}

fn reason(id: &str, rejection: &Rejection) -> String {
    let Rejection { code, entry, place, expected, found } = rejection;
    let mut text = format!("{}: {}\n\n", code.id, code.title);
    for (label, value) in [("Entry", entry), ("Place", place), ("Expected", expected), ("Found", found)] {
        if !value.is_empty() {
            text.push_str(&format!("{label}: {value}\n"));
        }
    }
    text.push_str(&format!("\n{}\n\nKept as upload {id}.\n", code.remedy));
    text
}
