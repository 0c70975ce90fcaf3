//! The only `Connection::open`: settings that hold for every connection, and the schema of a new file.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::closing::Closed;
use super::{StoreError, network_folder, private};
use crate::domain::error::code;
use crate::extension::{self, Incoming};

/// The one file in a data folder.
pub const FILE_NAME: &str = "seatledger.db";
const SCHEMA: &str = include_str!("../../schema.sql");
/// `SEAT` in ASCII: tells a database of ours from any other.
const APPLICATION_ID: i64 = 0x5345_4154;
const NOTHING: &str = "there is none; import an upload or run `seatledger demo` first";
/// Grows with every released change of the schema.
const SCHEMA_VERSION: i64 = 1;
/// Pages in memory, KiB: a million new users dirty more than SQLite's default holds.
const CACHE_KIB: i64 = 64 * 1024;
/// The same of a connection that only reads, of which a server has a few.
const READER_CACHE_KIB: i64 = 16 * 1024;

/// An open database: one writer, and the functions of the extension.
pub struct Store {
    pub(super) db: Connection,
    pub(super) incoming: Incoming,
    /// Months that were closed through this connection and that nobody was told of yet.
    pub(super) closed: Vec<Closed>,
    path: PathBuf,
}

impl Store {
    /// Opens the database in `folder` for writing, with folder and file made where they are missing.
    /// Waits up to `patience` for other writers.
    ///
    /// Errors: `SEAT-S02` not ours, `SEAT-S03` newer, `SEAT-S04` cannot be opened or on a network file system.
    pub fn open(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        private::create_folder(folder).map_err(|error| unusable(folder, &error.to_string()))?;
        network_folder::refuse(folder)?;
        let path = folder.join(FILE_NAME);
        private::create_file(&path).map_err(|error| unusable(&path, &error.to_string()))?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
            | OpenFlags::SQLITE_OPEN_CREATE
            | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, flags, patience)?;
        // FULL: with NORMAL, simulated power cuts lost acknowledged commits. Checkpoints are our own,
        // since SQLite's automatic ones swallow an fsync error.
        store.enter_wal(patience)?;
        store.db.execute_batch(&format!(
            "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
             PRAGMA wal_autocheckpoint = 0; PRAGMA journal_size_limit = 2097152; PRAGMA cache_size = -{CACHE_KIB};"
        ))?;
        store.create_schema()?;
        Ok(store)
    }

    /// Opens the database in `folder` for reading only. Errors as [`open`](Self::open); a missing file is `SEAT-S04`.
    pub fn open_read_only(folder: &Path, patience: Duration) -> Result<Self, StoreError> {
        let path = folder.join(FILE_NAME);
        match std::fs::metadata(&path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(unusable(&path, NOTHING));
            }
            Err(error) => return Err(unusable(&path, &error.to_string())),
        }
        network_folder::refuse(folder)?;
        // Read-write for the file, since the first reader of a WAL may have to recover it; query_only for SQL.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let store = Self::connect(path, flags, patience)?;
        store.check_version()?;
        store
            .db
            .execute_batch(&format!("PRAGMA query_only = ON; PRAGMA cache_size = -{READER_CACHE_KIB};"))?;
        Ok(store)
    }

    /// What a fresh database of this version consists of: `table usage` and the like, with its SQL.
    pub(super) fn fresh_schema() -> Result<Vec<(String, String)>, StoreError> {
        #[allow(clippy::disallowed_methods, reason = "the one place that opens a database")]
        let db = Connection::open_in_memory()?;
        let incoming = Incoming::default();
        extension::register(&db, &incoming)?;
        db.execute_batch(SCHEMA)?;
        Self { db, incoming, closed: Vec::new(), path: PathBuf::new() }.schema()
    }

    /// The same of this database.
    pub(super) fn schema(&self) -> Result<Vec<(String, String)>, StoreError> {
        let sql = "SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL";
        let mut statement = self.db.prepare(sql)?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?)
    }

    /// Lets `read` see one state of the database, whatever others commit meanwhile.
    pub fn snapshot<T, E: From<StoreError>>(&self, read: impl FnOnce(&Self) -> Result<T, E>) -> Result<T, E> {
        let begin = || rusqlite::Transaction::new_unchecked(&self.db, TransactionBehavior::Deferred);
        let transaction = begin().map_err(StoreError::from)?;
        let answer = read(self)?;
        transaction.finish().map_err(StoreError::from)?;
        Ok(answer)
    }

    /// How long to queue for other writers from now on.
    pub fn set_patience(&self, patience: Duration) -> Result<(), StoreError> {
        Ok(self.db.busy_timeout(patience)?)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    fn connect(path: PathBuf, flags: OpenFlags, patience: Duration) -> Result<Self, StoreError> {
        #[allow(clippy::disallowed_methods, reason = "the one place that opens a database")]
        let db =
            Connection::open_with_flags(&path, flags).map_err(|error| unusable(&path, &error.to_string()))?;
        db.busy_timeout(patience)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
        db.set_prepared_statement_cache_capacity(64);
        let incoming = Incoming::default();
        extension::register(&db, &incoming)?;
        let store = Self { db, incoming, closed: Vec::new(), path };
        store.db.execute_batch("PRAGMA cell_size_check = ON;").map_err(|error| {
            match StoreError::from(error) {
                StoreError::Refused(error) => StoreError::Unusable(error),
                other => other,
            }
        })?;
        Ok(store)
    }

    /// Switches a new file to its log. Several programs may try at once, and here SQLite answers "busy"
    /// without waiting: so we wait.
    fn enter_wal(&self, patience: Duration) -> Result<(), StoreError> {
        const PAUSE: Duration = Duration::from_millis(10);
        let mut waited = Duration::ZERO;
        loop {
            match self.db.execute_batch("PRAGMA journal_mode = WAL;").map_err(StoreError::from) {
                Err(error) if error.code() == code::DATABASE_BUSY && waited < patience => {
                    std::thread::sleep(PAUSE);
                    waited += PAUSE;
                }
                done => return done,
            }
        }
    }

    /// Writes the schema into an empty file; several programs may try at once.
    fn create_schema(&self) -> Result<(), StoreError> {
        if self.pragma("application_id")? != 0 || self.pragma("user_version")? != 0 {
            return self.check_version();
        }
        let transaction = rusqlite::Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        if self.pragma("application_id")? == 0 {
            if self.tables()? > 0 {
                return Err(foreign(&self.path));
            }
            self.db.execute_batch(SCHEMA)?;
            self.db.execute_batch(&format!(
                "PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
            ))?;
        }
        transaction.commit()?;
        self.check_version()
    }

    fn check_version(&self) -> Result<(), StoreError> {
        if self.pragma("application_id")? != APPLICATION_ID {
            // A file without a table is nobody's: another program may be about to write the schema.
            return Err(if self.tables()? == 0 {
                unusable(&self.path, NOTHING)
            } else {
                foreign(&self.path)
            });
        }
        let version = self.pragma("user_version")?;
        if version > SCHEMA_VERSION {
            let detail = format!(
                "expected {} with schema {SCHEMA_VERSION} or older, found schema {version}: install the newer program",
                self.path.display()
            );
            return Err(StoreError::unusable(code::DATABASE_NEWER, detail));
        }
        Ok(())
    }

    fn tables(&self) -> Result<i64, StoreError> {
        Ok(self.db.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?)
    }

    fn pragma(&self, name: &str) -> Result<i64, StoreError> {
        self.db.query_row(&format!("PRAGMA {name}"), [], |row| row.get(0)).map_err(|error| {
            match StoreError::from(error) {
                StoreError::Refused(error) => StoreError::Unusable(error),
                other => other,
            }
        })
    }
}

fn unusable(path: &Path, found: &str) -> StoreError {
    StoreError::unusable(
        code::DATABASE_UNUSABLE,
        format!("expected a database at {}, found: {found}", path.display()),
    )
}

fn foreign(path: &Path) -> StoreError {
    let detail = format!("expected a seatledger database, found another one in {}", path.display());
    StoreError::unusable(code::DATABASE_FOREIGN, detail)
}
