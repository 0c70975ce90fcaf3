//! Customers: the tenants who are billed.

use rusqlite::Row;
use rusqlite::types::Value;
use sha2::{Digest as _, Sha256};

use super::{Commit, Store, StoreError};
use crate::domain::error::{Error, code, quoted};
use crate::domain::user_key::user_key;
use crate::extension::hex;

/// A tenant of the organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Customer {
    /// Opaque, never changes.
    pub id: String,
    pub name: String,
    pub external_id: Option<String>,
    /// UTC text; an archived customer keeps tags and figures and takes no new ones.
    pub archived_at: Option<String>,
}

const COLUMNS: &str = "public_id, name, external_id, archived_at";

impl Store {
    /// By name.
    pub fn list_customers(&self) -> Result<Vec<Customer>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("SELECT {COLUMNS} FROM customer ORDER BY name_key"))?;
        Ok(statement.query_map([], customer)?.collect::<Result<_, _>>()?)
    }

    /// By id, else by name in any spelling. Errors: `SEAT-A03`.
    pub fn get_customer(&self, id_or_name: &str) -> Result<Customer, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM customer WHERE public_id = ?1 OR name_key = ?2 ORDER BY public_id <> ?1 LIMIT 1"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        let mut rows = statement.query([id_or_name, &user_key(id_or_name)])?;
        match rows.next()? {
            Some(row) => Ok(customer(row)?),
            None => Err(StoreError::refused(
                code::CUSTOMER_UNKNOWN,
                format!("expected the id or name of a customer, found {}", quoted(id_or_name)),
            )),
        }
    }
}

fn customer(row: &Row<'_>) -> rusqlite::Result<Customer> {
    Ok(Customer { id: row.get(0)?, name: row.get(1)?, external_id: row.get(2)?, archived_at: row.get(3)? })
}

/// A name as it is kept: trimmed, 1 to 512 bytes, no control characters. Errors: `SEAT-A09`.
pub fn checked_name(name: &str) -> Result<&str, Error> {
    let name = name.trim();
    if name.is_empty() || name.len() > 512 || name.chars().any(char::is_control) {
        let detail =
            format!("expected a name of 1 to 512 bytes without control characters, found {}", quoted(name));
        return Err(Error::new(code::NAME_INVALID, detail));
    }
    Ok(name)
}

/// An id that a caller chose: as a name, and not `none`, which stands for the unlinked row. Errors: `SEAT-A09`.
pub fn checked_id(id: &str) -> Result<&str, Error> {
    let id = checked_name(id)?;
    if id.eq_ignore_ascii_case("none") {
        let detail = format!(
            "expected an id other than none, which stands for the unlinked row, found {}",
            quoted(id)
        );
        return Err(Error::new(code::NAME_INVALID, detail));
    }
    Ok(id)
}

/// A new customer's id where none was given: opaque, the same for a replay of the same commit.
pub fn new_id(commit: &Commit, name: &str) -> String {
    let hash = Sha256::digest(format!("{}\n{}\n{}", commit.at, commit.actor.0, user_key(name)));
    format!("c-{}", &hex(&hash)[..12])
}

/// Adds the statement that creates it. Refused: `SEAT-A08` where id, name or external id is taken.
pub fn create(commit: &mut Commit, id: &str, name: &str, external_id: Option<&str>) {
    commit.add(
        "INSERT INTO customer (public_id, name, name_key, external_id) VALUES (?1, ?2, seat_user_key(?2), ?3)",
        [text(id), text(name), external_id.map_or(Value::Null, text)],
    );
}

pub fn rename(commit: &mut Commit, id: &str, name: &str) {
    commit.add(
        "UPDATE customer SET name = ?2, name_key = seat_user_key(?2) WHERE public_id = ?1",
        [text(id), text(name)],
    );
}

pub fn set_external_id(commit: &mut Commit, id: &str, external_id: Option<&str>) {
    commit.add(
        "UPDATE customer SET external_id = ?2 WHERE public_id = ?1",
        [text(id), external_id.map_or(Value::Null, text)],
    );
}

/// From now on it takes no new assignments.
pub fn archive(commit: &mut Commit, id: &str) {
    let at = commit.at.to_string();
    commit.add(
        "UPDATE customer SET archived_at = ?2 WHERE public_id = ?1 AND archived_at IS NULL",
        [text(id), text(&at)],
    );
}

pub fn unarchive(commit: &mut Commit, id: &str) {
    commit.add(
        "UPDATE customer SET archived_at = NULL WHERE public_id = ?1 AND archived_at IS NOT NULL",
        [text(id)],
    );
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}
