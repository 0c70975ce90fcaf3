//! Accounts: the people who sign in.

use rusqlite::types::{FromSql, FromSqlError, Type, Value};
use rusqlite::{OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};

use super::commit::text;
use super::{Commit, Store, StoreError};
use crate::domain::account::{Role, Theme};
use crate::domain::error::{Error, code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::sign_in::{FAILURES_THAT_COUNT, delay_after};
use crate::domain::user_key::user_key;
use crate::extension::hex;

/// A person's way in. It keeps its id and name for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Opaque, never changes.
    pub id: String,
    pub name: String,
    pub role: Role,
    pub theme: Theme,
    /// UTC text.
    pub created_at: String,
    /// A disabled account cannot sign in, has no session, and its clients get no tokens.
    pub disabled_at: Option<String>,
}

/// What a sign-in is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordState {
    /// The hash, in argon2's text form.
    pub phc: String,
    /// Failed sign-ins since the last one that succeeded.
    pub failures: u32,
    /// Until then no sign-in is to be looked at.
    pub next_try_at: Option<UtcInstant>,
}

/// As `account a` has them; [`read`] takes them.
pub(super) const COLUMNS: &str = "a.public_id, a.name, a.role, a.theme, a.created_at, a.disabled_at";

impl Store {
    /// By name.
    pub fn list_accounts(&self) -> Result<Vec<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account a ORDER BY name_key");
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_map([], read)?.collect::<Result<_, _>>()?)
    }

    /// By name in any spelling, as a sign-in gives it; disabled ones too.
    pub fn find_account(&self, name: &str) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM account a WHERE name_key = ?1");
        Ok(self.db.prepare_cached(&sql)?.query_row([user_key(name)], read).optional()?)
    }

    /// By id, else by name in any spelling. Errors: `SEAT-K01`.
    pub fn get_account(&self, id_or_name: &str) -> Result<Account, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM account a WHERE public_id = ?1 OR name_key = ?2 ORDER BY public_id <> ?1 LIMIT 1"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        statement.query_row([id_or_name, &user_key(id_or_name)], read).optional()?.ok_or_else(|| {
            let detail = format!("expected the id or name of an account, found {}", quoted(id_or_name));
            StoreError::refused(code::ACCOUNT_UNKNOWN, detail)
        })
    }

    /// Whether the first run is over.
    pub fn has_accounts(&self) -> Result<bool, StoreError> {
        Ok(self.db.query_row("SELECT EXISTS (SELECT 1 FROM account)", [], |row| row.get(0))?)
    }

    /// Read it when the password is about to be held against it, and write what came of it before another try
    /// of the same account is let on: else a burst of tries passes the delay. Errors: `SEAT-K01`.
    pub fn password_of(&self, account_id: &str) -> Result<PasswordState, StoreError> {
        let mut statement = self
            .db
            .prepare_cached("SELECT password, failures, next_try_at FROM account WHERE public_id = ?1")?;
        let state = statement.query_row([account_id], |row| {
            let next_try_at: Option<String> = row.get(2)?;
            Ok(PasswordState {
                phc: row.get(0)?,
                failures: row.get(1)?,
                next_try_at: next_try_at.and_then(|at| at.parse().ok()),
            })
        });
        state.optional()?.ok_or_else(|| {
            let detail = format!("expected the id of an account, found {}", quoted(account_id));
            StoreError::refused(code::ACCOUNT_UNKNOWN, detail)
        })
    }
}

/// The account whose columns begin a row.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Account> {
    Ok(Account {
        id: row.get(0)?,
        name: row.get(1)?,
        role: parsed(row, 2)?,
        theme: parsed(row, 3)?,
        created_at: row.get(4)?,
        disabled_at: row.get(5)?,
    })
}

/// A value whose column holds nothing that cannot be parsed.
pub(super) fn parsed<T: std::str::FromStr<Err = Error>>(row: &Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = String::column_result(row.get_ref(column)?).map_err(FromSqlError::other);
    text.and_then(|text| text.parse().map_err(FromSqlError::other))
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A new account's id: opaque, the same for a replay of the same commit.
pub fn new_id(commit: &Commit, name: &str) -> String {
    let hash = Sha256::digest(format!("account\n{}\n{}\n{}", commit.at, commit.actor.0, user_key(name)));
    format!("a-{}", &hex(&hash)[..12])
}

/// Adds the statement that creates it; `name` is [checked](super::customers::checked_name), `phc` a hash of
/// the password. Refused: `SEAT-K02`.
pub fn create(commit: &mut Commit, id: &str, name: &str, role: Role, phc: &str) {
    let at = commit.at.to_string();
    commit.add(
        "INSERT INTO account (public_id, name, name_key, role, password, created_at)
         VALUES (?1, ?2, seat_user_key(?2), ?3, ?4, ?5)",
        [text(id), text(name), text(role.as_str()), text(phc), text(&at)],
    );
}

/// Also ends all its sessions, and the delay after failed sign-ins.
pub fn set_password(commit: &mut Commit, id: &str, phc: &str) {
    commit.add(
        "UPDATE account SET password = ?2, failures = 0, next_try_at = NULL WHERE public_id = ?1",
        [text(id), text(phc)],
    );
}

/// Also ends all its sessions. Refused: `SEAT-K04` for the last enabled administrator.
pub fn disable(commit: &mut Commit, id: &str) {
    let at = commit.at.to_string();
    commit.add(
        "UPDATE account SET disabled_at = ?2 WHERE public_id = ?1 AND disabled_at IS NULL",
        [text(id), text(&at)],
    );
}

pub fn enable(commit: &mut Commit, id: &str) {
    commit.add(
        "UPDATE account SET disabled_at = NULL, failures = 0, next_try_at = NULL
         WHERE public_id = ?1 AND disabled_at IS NOT NULL",
        [text(id)],
    );
}

/// Holds from the next request on. Refused: `SEAT-K04` for the last enabled administrator.
pub fn set_role(commit: &mut Commit, id: &str, role: Role) {
    commit.add(
        "UPDATE account SET role = ?2 WHERE public_id = ?1 AND role <> ?2",
        [text(id), text(role.as_str())],
    );
}

/// A taste, not a right: not audited.
pub fn set_theme(commit: &mut Commit, id: &str, theme: Theme) {
    commit.add("UPDATE account SET theme = ?2 WHERE public_id = ?1", [text(id), text(theme.as_str())]);
}

/// Counts one more failure, and puts off the next try. The instants for each count are decided beforehand;
/// which of them holds is decided by the row, so that failures at the same time all count.
pub fn sign_in_failed(commit: &mut Commit, id: &str) {
    let next_try = |failures| {
        let delay = i64::try_from(delay_after(failures).as_secs()).unwrap_or(i64::MAX);
        (delay > 0).then(|| commit.at.plus_seconds(delay).to_string())
    };
    let next_tries: Vec<Option<String>> = (0..=FAILURES_THAT_COUNT).map(next_try).collect();
    let next_tries = serde_json::Value::from(next_tries).to_string();
    commit.add(
        "UPDATE account SET failures = failures + 1,
           next_try_at = json_extract(?2, '$[' || min(failures + 1, ?3) || ']') WHERE public_id = ?1",
        [text(id), text(&next_tries), Value::Integer(i64::from(FAILURES_THAT_COUNT))],
    );
}

/// Forgets the failures. [`open`](super::sessions::open) writes the audit entry.
pub fn sign_in_succeeded(commit: &mut Commit, id: &str) {
    commit.add("UPDATE account SET failures = 0, next_try_at = NULL WHERE public_id = ?1", [text(id)]);
}
