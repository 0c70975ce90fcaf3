//! Hands out rows that belong to users in the order of the users' keys.

use std::collections::VecDeque;

use rusqlite::{Connection, params};

use super::Fault;
use super::month::Month;

/// A row that belongs to a user.
pub trait OfUser {
    fn user(&self) -> u32;
}

impl OfUser for u32 {
    fn user(&self) -> u32 {
        *self
    }
}

/// A row with the user's key and shown spelling.
pub struct Named {
    pub row: usize,
    pub key: String,
    pub name: String,
}

/// Rows with their users' names, in pieces.
///
/// Few rows are named one by one and sorted. For most of the users it is cheaper to walk the index
/// of keys, and needs no memory for a million names.
pub struct KeyOrder {
    ready: VecDeque<Named>,
    /// Where the walk goes on; `None` when all are ready.
    walk: Option<Walk>,
}

struct Walk {
    after: String,
    /// By user: the first of its rows, or the number of all rows.
    first_row: Vec<u32>,
}

const PIECE: i64 = 4096;

impl KeyOrder {
    /// `rows` are in the order of their users' numbers.
    pub fn new(db: &Connection, month: &Month, rows: &[impl OfUser]) -> Result<Self, Fault> {
        let newest: i64 = db.query_row("SELECT coalesce(max(id), 0) FROM main.user", [], |row| row.get(0))?;
        let stand_ins = month.unnamed_users().next().is_some();
        if !stand_ins && rows.len() as i64 > newest / 8 {
            let mut first_row = vec![rows.len() as u32; newest as usize + 1];
            for (index, row) in rows.iter().enumerate().rev() {
                if let Some(first) = first_row.get_mut(row.user() as usize) {
                    *first = index as u32;
                }
            }
            return Ok(Self { ready: VecDeque::new(), walk: Some(Walk { after: String::new(), first_row }) });
        }
        let mut statement = db.prepare("SELECT key, name FROM main.user WHERE id = ?1")?;
        let mut named = Vec::with_capacity(rows.len());
        for (row, user) in rows.iter().map(OfUser::user).enumerate() {
            let (key, name) = match month.unnamed_key(user) {
                Some(key) => (key.to_owned(), key.to_owned()),
                None => statement.query_row([user], |row| Ok((row.get(0)?, row.get(1)?)))?,
            };
            named.push(Named { row, key, name });
        }
        named.sort_by(|a, b| (&a.key, a.row).cmp(&(&b.key, b.row)));
        Ok(Self { ready: named.into(), walk: None })
    }

    pub fn next(&mut self, db: &Connection, rows: &[impl OfUser]) -> Result<Option<Named>, Fault> {
        while self.ready.is_empty() {
            let Some(walk) = &mut self.walk else { return Ok(None) };
            let mut statement =
                db.prepare("SELECT id, key, name FROM main.user WHERE key > ?1 ORDER BY key LIMIT ?2")?;
            let mut read = 0;
            let mut piece = statement.query(params![walk.after, PIECE])?;
            while let Some(found) = piece.next()? {
                read += 1;
                let user: i64 = found.get(0)?;
                let first = walk.first_row.get(user as usize).copied().unwrap_or(u32::MAX) as usize;
                let own = rows
                    .get(first..)
                    .unwrap_or_default()
                    .iter()
                    .take_while(|row| i64::from(row.user()) == user);
                for row in first..first + own.count() {
                    self.ready.push_back(Named { row, key: found.get(1)?, name: found.get(2)? });
                }
                if read == PIECE {
                    walk.after = found.get(1)?;
                }
            }
            if read < PIECE {
                self.walk = None;
            }
        }
        Ok(self.ready.pop_front())
    }
}
