//! Aliases on record: who counts as whom in a month.

use rusqlite::params;

use super::{Store, StoreError};
use crate::domain::period::BillingPeriod;

/// A user as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// Identity key.
    pub key: String,
    /// Shown spelling.
    pub name: String,
}

/// One user counts as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    pub user: Named,
    /// `None`: by itself again; only in the history.
    pub of: Option<Named>,
    pub since: BillingPeriod,
    pub changed_at: String,
    pub changed_by: String,
}

/// Above this many rows users are read in their order, and asked one by one whether they have any.
const FEW: i64 = 20_000;

impl Store {
    /// Those in effect in the period, by key, from behind `after` on.
    pub fn list_aliases(
        &self,
        period: BillingPeriod,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Alias>, StoreError> {
        let rows: i64 = self.db.query_row(
            "SELECT count(*) FROM (SELECT 1 FROM alias_row LIMIT ?1)",
            [FEW + 1],
            |row| row.get(0),
        )?;
        let from = if rows > FEW {
            "user u CROSS JOIN alias_row a ON a.user = u.id"
        } else {
            "alias_row a CROSS JOIN user u ON u.id = a.user"
        };
        self.alias_rows(
            &format!(
                "SELECT u.key, u.name, t.key, t.name, a.since, h.at, h.by
                 FROM {from} JOIN user t ON t.id = a.of_user JOIN change h ON h.id = a.change
                 WHERE u.key > ?2
                   AND a.since = (SELECT max(since) FROM alias_row WHERE user = a.user AND since <= ?1)
                 ORDER BY u.key LIMIT ?3"
            ),
            params![period.number(), after.unwrap_or(""), i64::try_from(limit).unwrap_or(i64::MAX)],
        )
    }

    /// Every row ever set, by user and newest period first.
    pub fn list_alias_history(&self) -> Result<Vec<Alias>, StoreError> {
        self.alias_rows(
            "SELECT u.key, u.name, t.key, t.name, a.since, h.at, h.by
             FROM alias_row a JOIN user u ON u.id = a.user LEFT JOIN user t ON t.id = a.of_user
             JOIN change h ON h.id = a.change ORDER BY u.key, a.since DESC",
            [],
        )
    }

    /// How many are in effect in the period.
    pub fn count_aliases(&self, period: BillingPeriod) -> Result<u64, StoreError> {
        let mut statement = self.db.prepare_cached(
            "SELECT count(*) FROM alias_row a WHERE of_user IS NOT NULL
               AND since = (SELECT max(since) FROM alias_row WHERE user = a.user AND since <= ?1)",
        )?;
        let count: i64 = statement.query_row([period.number()], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Whom a user counts as in the period, and since when.
    pub fn alias_of(&self, key: &str, period: BillingPeriod) -> Result<Option<Alias>, StoreError> {
        let found = self.alias_rows(
            "SELECT u.key, u.name, t.key, t.name, a.since, h.at, h.by
             FROM user u JOIN alias_row a ON a.user = u.id JOIN user t ON t.id = a.of_user
             JOIN change h ON h.id = a.change
             WHERE u.key = ?1
               AND a.since = (SELECT max(since) FROM alias_row WHERE user = a.user AND since <= ?2)",
            params![key, period.number()],
        )?;
        Ok(found.into_iter().next())
    }

    fn alias_rows(&self, sql: &str, values: impl rusqlite::Params) -> Result<Vec<Alias>, StoreError> {
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query(values)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next()? {
            let since: i64 = row.get(4)?;
            let of = match row.get(2)? {
                Some(key) => Some(Named { key, name: row.get(3)? }),
                None => None,
            };
            found.push(Alias {
                user: Named { key: row.get(0)?, name: row.get(1)? },
                of,
                since: BillingPeriod::from_number(since)
                    .ok_or(rusqlite::Error::IntegralValueOutOfRange(4, since))?,
                changed_at: row.get(5)?,
                changed_by: row.get(6)?,
            });
        }
        Ok(found)
    }
}
