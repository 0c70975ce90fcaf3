//! API clients: programs that call the API, and the tokens that they show with each call.

use rusqlite::types::Value;
use rusqlite::{OptionalExtension as _, Row};
use sha2::{Digest as _, Sha256};

use super::accounts::parsed;
use super::commit::text;
use super::{Commit, Store, StoreError};
use crate::domain::account::Scopes;
use crate::domain::instant::UtcInstant;
use crate::domain::sign_in::{TOKEN_SECONDS, is_due_for_note, is_same_secret};
use crate::domain::user_key::user_key;
use crate::extension::hex;

/// A program's way in. It keeps all but its last use and its revocation for good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    pub name: String,
    pub scopes: Scopes,
    /// The distributor whose own it is, by id and name.
    pub owner: Option<(String, String)>,
    /// UTC text, as the other instants.
    pub created_at: String,
    /// As the audit trail names who made it.
    pub created_by: String,
    pub last_used_at: Option<String>,
    pub revoked_at: Option<String>,
}

impl Client {
    /// Whether this use is to be noted with [`used`].
    pub fn is_due_for_note(&self, now: UtcInstant) -> bool {
        is_due_for_note(self.last_used_at.as_deref(), now)
    }
}

const SELECT: &str = "SELECT c.public_id, c.name, c.scopes, a.public_id, a.name, c.created_at, c.created_by,
    c.last_used_at, c.revoked_at, c.secret_sha256
  FROM client c LEFT JOIN account a ON a.id = c.owner";

/// What may be used: neither revoked nor of a disabled owner.
const IN_USE: &str = "c.revoked_at IS NULL AND a.disabled_at IS NULL";

impl Store {
    /// By name, revoked ones too: all, or those of one account by its id.
    pub fn list_clients(&self, owner: Option<&str>) -> Result<Vec<Client>, StoreError> {
        let sql = format!(
            "{SELECT} WHERE ?1 IS NULL OR a.public_id = ?1 ORDER BY seat_user_key(c.name), c.created_at, c.public_id"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_map([owner], client)?.collect::<Result<_, _>>()?)
    }

    /// By id, revoked ones too.
    pub fn find_client(&self, id: &str) -> Result<Option<Client>, StoreError> {
        let mut statement = self.db.prepare_cached(&format!("{SELECT} WHERE c.public_id = ?1"))?;
        Ok(statement.query_row([id], client).optional()?)
    }

    /// The client whose id and secret these are, while it may be used.
    pub fn find_client_by_secret(&self, id: &str, secret_sha256: &str) -> Result<Option<Client>, StoreError> {
        let mut statement =
            self.db.prepare_cached(&format!("{SELECT} WHERE c.public_id = ?1 AND {IN_USE}"))?;
        let found = statement.query_row([id], |row| Ok((client(row)?, row.get::<_, String>(9)?)));
        let found = found.optional()?;
        Ok(found.filter(|(_, kept)| is_same_secret(kept, secret_sha256)).map(|(client, _)| client))
    }

    /// The client that was given this token, while both may be used.
    pub fn find_bearer(&self, token_sha256: &str, now: UtcInstant) -> Result<Option<Client>, StoreError> {
        let sql = format!(
            "{SELECT} JOIN access_token t ON t.client = c.id
             WHERE t.token_sha256 = ?1 AND t.expires_at > ?2 AND {IN_USE}"
        );
        let mut statement = self.db.prepare_cached(&sql)?;
        Ok(statement.query_row([token_sha256, &now.to_string()], client).optional()?)
    }
}

fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    let (owner, name): (Option<String>, Option<String>) = (row.get(3)?, row.get(4)?);
    Ok(Client {
        id: row.get(0)?,
        name: row.get(1)?,
        scopes: parsed(row, 2)?,
        owner: owner.zip(name),
        created_at: row.get(5)?,
        created_by: row.get(6)?,
        last_used_at: row.get(7)?,
        revoked_at: row.get(8)?,
    })
}

/// A new client's id: opaque, the same for a replay of the same commit.
pub fn new_id(commit: &Commit, name: &str) -> String {
    let hash = Sha256::digest(format!("client\n{}\n{}\n{}", commit.at, commit.actor.0, user_key(name)));
    format!("k-{}", &hex(&hash)[..12])
}

/// Adds the statement that creates it; `name` is [checked](super::customers::checked_name), `owner` the id of
/// an account. Refused: `SEAT-K10`, and `SEAT-K11` for an owner who is no distributor or more than `read`.
pub fn create(
    commit: &mut Commit,
    id: &str,
    name: &str,
    scopes: Scopes,
    secret_sha256: &str,
    owner: Option<&str>,
) {
    let (at, by) = (commit.at.to_string(), commit.actor.0.clone());
    if let Some(owner) = owner {
        // An owner whom nobody knows would otherwise be none.
        commit.add(
            "SELECT seat_require(EXISTS (SELECT 1 FROM account WHERE public_id = ?1), 'SEAT-K01',
               'expected the id of an account, found ' || quote(?1))",
            [text(owner)],
        );
    }
    commit.add(
        "INSERT INTO client (public_id, name, scopes, secret_sha256, owner, created_at, created_by)
         VALUES (?1, ?2, ?3, ?4, (SELECT id FROM account WHERE public_id = ?5), ?6, ?7)",
        [
            text(id),
            text(name),
            text(&scopes.to_string()),
            text(secret_sha256),
            owner.map_or(Value::Null, text),
            text(&at),
            text(&by),
        ],
    );
}

/// For good; its tokens end.
pub fn revoke(commit: &mut Commit, id: &str) {
    let at = commit.at.to_string();
    commit.add(
        "UPDATE client SET revoked_at = ?2 WHERE public_id = ?1 AND revoked_at IS NULL",
        [text(id), text(&at)],
    );
}

/// Gives it a token for an hour, and removes those whose hour is over. Refused: `SEAT-K11`.
pub fn issue_token(commit: &mut Commit, token_sha256: &str, client_id: &str) {
    let at = commit.at;
    commit.add("DELETE FROM access_token WHERE expires_at <= ?1", [text(&at.to_string())]);
    commit.add(
        "INSERT INTO access_token (token_sha256, client, created_at, expires_at)
         VALUES (?1, (SELECT id FROM client WHERE public_id = ?2), ?3, ?4)",
        [
            text(token_sha256),
            text(client_id),
            text(&at.to_string()),
            text(&at.plus_seconds(TOKEN_SECONDS).to_string()),
        ],
    );
}

/// Notes its last use: where [it is due](Client::is_due_for_note), since each note waits for the disk.
pub fn used(commit: &mut Commit, client_id: &str) {
    let at = commit.at.to_string();
    commit.add("UPDATE client SET last_used_at = ?2 WHERE public_id = ?1", [text(client_id), text(&at)]);
}
