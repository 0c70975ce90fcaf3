//! SQL of people: one statement after the other, read-only or with changes on record.

use rusqlite::fallible_iterator::FallibleIterator as _;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Transaction, TransactionBehavior};

use super::{Actor, Store, StoreError, commit};
use crate::domain::error::code;
use crate::domain::instant::UtcInstant;

/// A value of a row, lent.
pub use rusqlite::types::ValueRef as Value;

impl Store {
    /// Runs each statement of `sql`; `each` is called with the column names and the values of every row.
    ///
    /// Refused, `SEAT-S06`: other files (ATTACH, VACUUM INTO) and pragmas that set something, since one
    /// of them would take the read-only state off.
    pub fn query<E: From<StoreError>>(
        &self,
        sql: &str,
        each: impl FnMut(&[String], &[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.guarded(reads_this_file, |store| store.run(sql, each))
    }

    /// The same in one transaction that may change data: all of it or nothing. The guards judge it by
    /// `at`, and the audit trail names `actor`. Refused too: statements that begin or end a transaction.
    pub fn query_writing<E: From<StoreError>>(
        &mut self,
        at: UtcInstant,
        actor: &Actor,
        sql: &str,
        each: impl FnMut(&[String], &[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        self.close_due(at, &Actor::clock())?;
        // REPLACE removes rows without their guards being asked, unless SQLite is told to ask them.
        self.heed_replaced_rows(true)?;
        let done = self.run_writing(at, actor, sql, each);
        self.heed_replaced_rows(false)?;
        done
    }

    fn heed_replaced_rows(&self, on: bool) -> Result<(), StoreError> {
        Ok(self.db.pragma_update(None, "recursive_triggers", on)?)
    }

    fn run_writing<E: From<StoreError>>(
        &self,
        at: UtcInstant,
        actor: &Actor,
        sql: &str,
        each: impl FnMut(&[String], &[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let transaction =
            Transaction::new_unchecked(&self.db, TransactionBehavior::Immediate).map_err(StoreError::from)?;
        commit::begin(&transaction, at, actor)?;
        self.guarded(stays_in_its_transaction, |store| store.run(sql, each))?;
        Ok(commit::end(transaction)?)
    }

    fn guarded<E: From<StoreError>>(
        &self,
        may: fn(AuthContext<'_>) -> Authorization,
        run: impl FnOnce(&Self) -> Result<(), E>,
    ) -> Result<(), E> {
        self.db.authorizer(Some(may)).map_err(StoreError::from)?;
        let done = run(self);
        self.db.authorizer(None::<fn(AuthContext<'_>) -> Authorization>).map_err(StoreError::from)?;
        done
    }

    fn run<E: From<StoreError>>(
        &self,
        sql: &str,
        mut each: impl FnMut(&[String], &[Value<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut batch = Batch::new(&self.db, sql);
        while let Some(mut statement) = batch.next().map_err(denied)? {
            let columns: Vec<String> = statement.column_names().into_iter().map(str::to_owned).collect();
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(denied)? {
                let values =
                    (0..columns.len()).map(|column| row.get_ref(column)).collect::<Result<Vec<_>, _>>();
                each(&columns, &values.map_err(StoreError::from)?)?;
            }
        }
        Ok(())
    }
}

/// SQLite says no more than "not authorized", and of a connection that only reads, that the database does.
fn denied(error: rusqlite::Error) -> StoreError {
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::ReadOnly) {
        return StoreError::refused(
            code::SQL_FAILED,
            format!("expected statements that only read, found: {error}"),
        );
    }
    if error.sqlite_error_code() == Some(rusqlite::ErrorCode::AuthorizationForStatementDenied) {
        return StoreError::refused(
            code::SQL_FAILED,
            "expected statements on this database alone, found ATTACH, DETACH, VACUUM INTO, a pragma that sets \
             something, a transaction of its own, or a change of the schema, of commit_now or of the audit trail, or anything temporary",
        );
    }
    error.into()
}

/// Pragmas that only read, though they take an argument.
const READING: [&str; 12] = [
    "table_info",
    "table_xinfo",
    "table_list",
    "index_list",
    "index_info",
    "index_xinfo",
    "foreign_key_list",
    "foreign_key_check",
    "integrity_check",
    "quick_check",
    "function_list",
    "compile_options",
];
/// Pragmas that do something without one.
const ACTING: [&str; 4] = ["incremental_vacuum", "optimize", "shrink_memory", "wal_checkpoint"];

/// Written by the program alone.
const OURS: [&str; 10] = [
    "commit_now",
    "revision",
    "audit",
    "audit_entry",
    "audit_head",
    "installation_key",
    "sqlite_schema",
    "sqlite_master",
    "sqlite_temp_schema",
    "sqlite_temp_master",
];

fn is_in(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| known.eq_ignore_ascii_case(name))
}

fn reads_this_file(context: AuthContext<'_>) -> Authorization {
    match context.action {
        AuthAction::Attach { .. } | AuthAction::Detach { .. } => Authorization::Deny,
        AuthAction::Pragma { pragma_name, pragma_value: Some(_) } if !is_in(&READING, pragma_name) => {
            Authorization::Deny
        }
        AuthAction::Pragma { pragma_name, .. } if is_in(&ACTING, pragma_name) => Authorization::Deny,
        _ => Authorization::Allow,
    }
}

/// Rows may be changed, past the guards nothing: the instant and actor of the commit, the audit trail's end
/// and the schema with its guards are not theirs to write.
fn stays_in_its_transaction(context: AuthContext<'_>) -> Authorization {
    // What a guard of the schema does by itself is the schema's business.
    let by_hand = context.accessor.is_none();
    match context.action {
        AuthAction::Transaction { .. } | AuthAction::Savepoint { .. } => Authorization::Deny,
        // A temporary trigger would write for its maker what guards may write, and a temporary table
        // stand in front of one of ours.
        AuthAction::CreateTempTable { .. }
        | AuthAction::CreateTempTrigger { .. }
        | AuthAction::CreateTempView { .. }
        | AuthAction::CreateTempIndex { .. }
        | AuthAction::CreateVtable { .. }
        | AuthAction::AlterTable { .. } => Authorization::Deny,
        AuthAction::Insert { table_name }
        | AuthAction::Delete { table_name }
        | AuthAction::Update { table_name, .. }
            if by_hand && is_in(&OURS, table_name) =>
        {
            Authorization::Deny
        }
        _ => reads_this_file(context),
    }
}
