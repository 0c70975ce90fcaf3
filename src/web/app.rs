//! What all requests share: the database behind a bounded pool, the clock, and what was offered on the command line.
//!
//! Nothing of SQLite, argon2 or zip runs on an async thread. A job that was begun is finished, also when the
//! client has gone: handler futures are dropped, jobs are not.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as Turn, OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use super::closed;
use super::fault::Fault;
use super::guesses::Guesses;
use crate::clock::{self, Stopwatch};
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;
use crate::store::memory::Memory;
use crate::store::{Store, StoreError};

/// How long a request queues for the writer, or for a reader.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Connections for reading; as many requests read at once.
const READERS: usize = 4;
/// Sign-ins that are hashed at once: 19 MiB each.
const HASHES: usize = 2;
/// Uploads that are unpacked at once: up to 300 MiB each.
const UPLOADS: usize = 2;
/// Files that are written to clients at once: a slow one keeps its reader, and pages need some too.
const EXPORTS: usize = 2;

/// Uploads that are held in memory at once, MiB: further ones wait with their first byte.
const RECEIVED_MIB: u32 = 192;

/// One running server.
pub struct App {
    /// Folder of the database.
    pub data: PathBuf,
    /// Whether answers leave over TLS: names and flags of cookies depend on it.
    pub is_secure: bool,
    /// Figures and users of months, kept until something that counts changes.
    pub memory: Memory,
    /// Matches of a list of names that someone looks at.
    pub names: super::pages::names::Pending,
    /// Failed sign-ins by name and by address.
    pub guesses: Guesses,
    pub hashing: Semaphore,
    pub unpacking: Semaphore,
    pub exporting: Arc<Semaphore>,
    /// One at a time reads every fact: several would leave no connection to the pages.
    pub verifying: Arc<Semaphore>,
    /// MiB of uploads that may be on their way in at once.
    receiving: Arc<Semaphore>,
    now: Option<UtcInstant>,
    writer: Arc<Turn<Store>>,
    readers: Arc<Readers>,
    is_full: AtomicBool,
    address: OnceLock<String>,
    announce: fn(&str),
}

struct Readers {
    free: Mutex<Vec<Store>>,
    count: Arc<Semaphore>,
}

impl App {
    /// Opens the database of `data`; it is made where it is missing. `now` stands in for the clock; what people at the
    /// terminal must read is handed to `announce`.
    pub fn open(
        data: PathBuf,
        is_secure: bool,
        now: Option<UtcInstant>,
        announce: fn(&str),
    ) -> Result<Arc<Self>, StoreError> {
        let writer = Store::open(&data, PATIENCE)?;
        let readers: Result<Vec<Store>, StoreError> =
            (0..READERS).map(|_| Store::open_read_only(&data, PATIENCE)).collect();
        Ok(Arc::new(Self {
            data,
            is_secure,
            memory: Memory::new(),
            names: super::pages::names::Pending::default(),
            guesses: Guesses::default(),
            hashing: Semaphore::new(HASHES),
            unpacking: Semaphore::new(UPLOADS),
            receiving: Arc::new(Semaphore::new(RECEIVED_MIB as usize)),
            exporting: Arc::new(Semaphore::new(EXPORTS)),
            verifying: Arc::new(Semaphore::new(1)),
            now,
            writer: Arc::new(Turn::new(writer)),
            readers: Arc::new(Readers {
                free: Mutex::new(readers?),
                count: Arc::new(Semaphore::new(READERS)),
            }),
            is_full: AtomicBool::new(false),
            address: OnceLock::new(),
            announce,
        }))
    }

    /// Where browsers find it, `http://127.0.0.1:8080`, once it listens.
    pub fn address(&self) -> &str {
        self.address.get().map_or("", String::as_str)
    }

    pub fn listens_on(&self, address: std::net::SocketAddr) {
        let scheme = if self.is_secure { "https" } else { "http" };
        // Set once, by the one server.
        let _ = self.address.set(format!("{scheme}://{address}"));
    }

    /// Tells whoever started the server.
    pub fn announce(&self, text: &str) {
        (self.announce)(text);
    }

    /// The clock's instant, or the one it was told to take for it.
    pub fn now(&self) -> UtcInstant {
        clock::now(self.now)
    }

    /// Whether the last change failed for want of disk space.
    pub fn is_full(&self) -> bool {
        self.is_full.load(Ordering::Relaxed)
    }

    /// Lets `job` read one state of the database. Errors: `SEAT-S05` when no reader comes free in time.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let readers = self.readers.clone();
        let turn = tokio::time::timeout(PATIENCE, readers.count.clone().acquire_owned()).await;
        let Ok(Ok(turn)) = turn else { return Err(Fault::busy()) };
        run(move || {
            let taken = readers.free.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(store) = taken else { return Err(Fault::busy()) };
            let lent = Lent { store: Some(store), readers };
            let answer = match &lent.store {
                Some(store) => store.snapshot(job),
                None => Err(Fault::busy()),
            };
            drop(lent);
            drop(turn);
            answer
        })
        .await
    }

    /// Gives `job` the one writer. Errors: `SEAT-S05` when its turn does not come in time, in this process or in another.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        job: impl FnOnce(&mut Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        self.write_within(PATIENCE, job).await
    }

    /// The same with another patience.
    pub async fn write_within<T: Send + 'static>(
        self: &Arc<Self>,
        patience: Duration,
        job: impl FnOnce(&mut Store) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, Fault> {
        let since = Stopwatch::start();
        let Ok(mut store) = tokio::time::timeout(patience, self.writer.clone().lock_owned()).await else {
            return Err(Fault::busy());
        };
        let app = self.clone();
        run(move || {
            store.set_patience(patience.saturating_sub(since.elapsed()))?;
            let done = job(&mut store);
            closed::take(&mut store);
            app.heed(done.as_ref().err());
            done
        })
        .await
    }

    /// Room for an upload of so many bytes, until what is answered goes. Errors: `SEAT-S05` when none comes free in time.
    pub async fn room(&self, bytes: u64) -> Result<OwnedSemaphorePermit, Fault> {
        let mib = u32::try_from(bytes.div_ceil(1 << 20)).unwrap_or(u32::MAX).clamp(1, RECEIVED_MIB);
        let room = tokio::time::timeout(PATIENCE, self.receiving.clone().acquire_many_owned(mib)).await;
        room.ok().and_then(Result::ok).ok_or_else(Fault::busy)
    }

    /// Waits until the running commit is done, and writes the log back: from then on nobody writes.
    pub async fn rest(&self) {
        let store = self.writer.clone().lock_owned().await;
        self.heed_store(store.checkpoint().err());
        std::mem::forget(store);
    }

    /// The same of work that was not asked for.
    pub fn heed_store(&self, error: Option<StoreError>) {
        if let Some(error) = error {
            tracing::warn!(%error, "upkeep of the database failed");
            self.heed(Some(&error.into()));
        }
    }

    /// A full disk is told on every page until a change succeeds; a disk that fails ends the process, since
    /// what it says of earlier writes cannot be believed any more.
    pub fn heed(&self, fault: Option<&Fault>) {
        match fault.map(Fault::code) {
            Some(code::DISK_FAILED) => {
                tracing::error!(fault = %fault.map(ToString::to_string).unwrap_or_default(), "the disk fails: stopping");
                std::process::exit(3);
            }
            Some(code::DATABASE_FULL) => self.is_full.store(true, Ordering::Relaxed),
            None => self.is_full.store(false, Ordering::Relaxed),
            Some(_) => {}
        }
    }
}

/// A reader that goes back to the others however its job ends.
struct Lent {
    store: Option<Store>,
    readers: Arc<Readers>,
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(store) = self.store.take() {
            self.readers.free.lock().unwrap_or_else(PoisonError::into_inner).push(store);
        }
    }
}

/// Runs a job on a thread where it may block.
pub async fn run<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    match spawn_blocking(job).await {
        Ok(answer) => answer,
        Err(error) => Err(Fault::internal(format!("expected a job to end, found: {error}"))),
    }
}
