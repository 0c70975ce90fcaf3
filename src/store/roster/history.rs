//! Who was seen before a month: what makes the others new.

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;
use crate::extension::hex;
use crate::extension::month::number;
use crate::extension::seats::NEWEST;

/// The users with any fact in an earlier period, whatever the feature, late facts too; one bit each.
///
/// A scan over all earlier facts, so it is kept apart from the roster: what happens in this month does not
/// touch it. Names are taken as they were seen; a default domain of an earlier month does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct History {
    bits: Vec<u64>,
}

impl History {
    pub fn load(store: &Store, period: BillingPeriod) -> Result<Self, StoreError> {
        let mut history = Self::default();
        history.take(&store.db, "SELECT user FROM usage WHERE list = ?1", period)?;
        history.take(&store.db, "SELECT user FROM late_usage WHERE list = ?1", period)?;
        Ok(history)
    }

    /// Changes whenever the earlier facts do.
    pub(in crate::store) fn key(store: &Store, period: BillingPeriod) -> Result<String, StoreError> {
        let mut statement = store.db.prepare_cached(
            "SELECT id, digest, digest_payload FROM usage_list WHERE period < ?1 ORDER BY id",
        )?;
        let mut rows = statement.query([period.number()])?;
        let mut hash = Sha256::new();
        while let Some(row) = rows.next()? {
            hash.update(row.get::<_, i64>(0)?.to_le_bytes());
            hash.update(row.get::<_, Option<Vec<u8>>>(1)?.unwrap_or_default());
            hash.update(row.get::<_, Option<i64>>(2)?.unwrap_or_default().to_le_bytes());
        }
        Ok(hex(&hash.finalize()))
    }

    /// Whether the user was seen before.
    pub fn knows(&self, user: u32) -> bool {
        self.bits.get(user as usize / 64).is_some_and(|word| word >> (user % 64) & 1 == 1)
    }

    fn take(&mut self, db: &Connection, sql: &str, period: BillingPeriod) -> Result<(), StoreError> {
        let mut lists = db.prepare_cached("SELECT id FROM usage_list WHERE period < ?1")?;
        let lists: Vec<i64> =
            lists.query_map([period.number()], |row| row.get(0))?.collect::<Result<_, _>>()?;
        let mut users = db.prepare_cached(sql)?;
        for list in lists {
            let mut rows = users.query([list])?;
            while let Some(row) = rows.next()? {
                let user = number(row.get_ref(0)?.as_i64().unwrap_or_default());
                let word = user as usize / 64;
                if user > NEWEST {
                    continue;
                }
                if word >= self.bits.len() {
                    self.bits.resize((word + 1).max(self.bits.len() * 2), 0);
                }
                self.bits[word] |= 1 << (user % 64);
            }
        }
        Ok(())
    }
}
