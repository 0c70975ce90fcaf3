//! The one door to every write: a list of statements whose values were all decided beforehand.
//!
//! Nothing is read and then written inside the transaction, so that the triggers can be replayed and
//! the same list be replicated later. A statement refuses the whole list through `seat_require`.

use rusqlite::types::Value;
use rusqlite::{Transaction, TransactionBehavior, params_from_iter};

use super::{Store, StoreError};
use crate::domain::doubt::believable_from;
use crate::domain::instant::UtcInstant;

/// One statement with its values.
#[derive(Clone, Debug)]
pub struct Statement {
    sql: &'static str,
    values: Vec<Value>,
}

impl Statement {
    pub fn new(sql: &'static str, values: impl IntoIterator<Item = Value>) -> Self {
        Self { sql, values: values.into_iter().collect() }
    }
}

/// A text among the values.
pub(super) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

/// Who acts, as the audit trail names it: `cli/anna`, an account, an API client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor(pub String);

impl Actor {
    /// Nobody but the time: what closes a month that is due.
    pub fn clock() -> Self {
        Self("clock".to_owned())
    }
}

/// A list of statements that is written as a whole or not at all.
#[derive(Clone, Debug)]
pub struct Commit {
    pub at: UtcInstant,
    pub actor: Actor,
    pub statements: Vec<Statement>,
}

impl Commit {
    pub fn new(at: UtcInstant, actor: &Actor) -> Self {
        Self { at, actor: actor.clone(), statements: Vec::new() }
    }

    pub fn add(&mut self, sql: &'static str, values: impl IntoIterator<Item = Value>) {
        self.statements.push(Statement::new(sql, values));
    }
}

/// The first statement of every commit: when and by whom. The newest recorded instant follows, unless the
/// clock is further ahead of it than a month without any commit explains: a clock that was wrong once must
/// not lock what is open, and is under suspicion for as long. Before the first accepted upload there is nothing
/// to protect, and it follows both ways.
pub(super) fn begin(transaction: &Transaction<'_>, at: UtcInstant, actor: &Actor) -> Result<(), StoreError> {
    transaction.execute(
        "UPDATE main.commit_now SET at = ?1, actor = ?2,
           newest = CASE WHEN NOT EXISTS (SELECT 1 FROM main.setting WHERE key = 'live_from') THEN ?1
             WHEN newest >= ?3 THEN max(newest, ?1) ELSE newest END,
           suspected = CASE WHEN newest < ?3 AND EXISTS (SELECT 1 FROM main.setting WHERE key = 'live_from') THEN ?1 END",
        (at.to_string(), &actor.0, believable_from(at).to_string()),
    )?;
    Ok(())
}

/// The last statement: what is changed past the program from now on is on record as such.
pub(super) fn end(transaction: Transaction<'_>) -> Result<(), StoreError> {
    transaction.execute("UPDATE main.commit_now SET actor = 'sql'", [])?;
    Ok(transaction.commit()?)
}

/// Log, in pages of 4 KiB, from which on it is written back into the database file.
const CHECKPOINT_PAGES: i64 = 1024;

impl Store {
    /// Writes all of it, on disk before it returns. Months that are due by then are closed first, in commits of
    /// their own: [`take_closed`](Self::take_closed) tells of them.
    ///
    /// Errors: what a guard refuses (its code), `SEAT-S05` when another program writes for too long.
    pub fn commit(&mut self, commit: &Commit) -> Result<(), StoreError> {
        self.close_due(commit.at, &Actor::clock())?;
        self.commit_alone(commit)
    }

    /// The same without a look at the calendar: what a closing itself is written by.
    pub(super) fn commit_alone(&mut self, commit: &Commit) -> Result<(), StoreError> {
        end(self.write(commit)?)
    }

    /// Does all of it, lets `look` read what has become of it, and takes it back: what a dry run
    /// answers is what the rules say.
    pub fn rehearse(
        &mut self,
        commit: &Commit,
        look: impl FnOnce(&Self) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let transaction = self.write(commit)?;
        look(self)?;
        Ok(transaction.rollback()?)
    }

    fn write(&self, commit: &Commit) -> Result<Transaction<'_>, StoreError> {
        let transaction = Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate)?;
        begin(&transaction, commit.at, &commit.actor)?;
        for statement in &commit.statements {
            let mut prepared = transaction.prepare_cached(statement.sql)?;
            let mut rows = prepared.query(params_from_iter(&statement.values))?;
            while rows.next()?.is_some() {}
        }
        Ok(transaction)
    }

    /// Writes a long log back into the database file. Apart from `commit`, so that no answer waits for it:
    /// whoever commits more than once calls it in between.
    ///
    /// An error of it is an error: the disk may be lying about what it holds.
    pub fn checkpoint_when_long(&self) -> Result<(), StoreError> {
        if self.log_pages() >= CHECKPOINT_PAGES { self.checkpoint() } else { Ok(()) }
    }

    /// The same, however short the log is.
    pub fn checkpoint(&self) -> Result<(), StoreError> {
        Ok(self.db.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?)
    }

    /// Length of the log's file, in pages of 4 KiB. The file keeps its length after it was written back.
    pub fn log_pages(&self) -> i64 {
        std::fs::metadata(self.path().with_extension("db-wal")).map_or(0, |log| log.len() as i64 / 4096)
    }

    /// Grows with every commit of any process: `PRAGMA data_version`, as this connection sees it.
    pub fn data_version(&self) -> Result<i64, StoreError> {
        Ok(self.db.query_row("PRAGMA data_version", [], |row| row.get(0))?)
    }
}
