//! One user: every fact with its upload, and everything that was decided about the name.

use rusqlite::{OptionalExtension as _, params};

use super::object_history::ObjectHistory;
use super::{Store, StoreError};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;

/// A user's own page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Identity key.
    pub key: String,
    /// Shown spelling.
    pub name: String,
    /// Newest period first, then by feature and source; those of aliases too.
    pub facts: Vec<UserFact>,
    /// What was decided of the name itself.
    pub history: ObjectHistory,
    /// The user whom this one's facts count for, by the period since when, newest first.
    pub counts_as: Vec<AliasEntry>,
    /// Users whose facts count for this one.
    pub aliases: Vec<AliasEntry>,
}

/// Seen by a source in a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserFact {
    pub period: BillingPeriod,
    pub feature: String,
    pub source_kind: String,
    pub source: String,
    pub source_name: String,
    /// The name as it was seen, by its key: another where it is an alias of this user.
    pub seen_as: String,
    pub first_seen: String,
    pub upload_id: String,
    /// It came after its period was closed.
    pub late: bool,
}

/// One name counts as another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AliasEntry {
    pub since: BillingPeriod,
    /// The other user, by key; `None`: no longer.
    pub user: Option<String>,
    pub changed_at: String,
    pub changed_by: String,
}

impl Store {
    /// By its key; facts of one period only, if one is named. `None` for a name that nothing has named.
    pub fn find_user(&self, key: &str, period: Option<BillingPeriod>) -> Result<Option<User>, StoreError> {
        let found = self
            .db
            .prepare_cached("SELECT id, name FROM user WHERE key = ?1")?
            .query_row([key], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))
            .optional()?;
        let Some((id, name)) = found else { return Ok(None) };
        Ok(Some(User {
            key: key.to_owned(),
            name,
            facts: self.facts_of_user(id, period)?,
            history: self.history_at(ObjectKind::User.number(), id)?,
            counts_as: self.aliases(
                "SELECT a.since, (SELECT key FROM user WHERE id = a.of_user), h.at, h.by
                 FROM alias_row a JOIN change h ON h.id = a.change WHERE a.user = ?1 ORDER BY a.since DESC",
                id,
            )?,
            aliases: self.aliases(
                "SELECT a.since, u.key, h.at, h.by FROM alias_row a JOIN user u ON u.id = a.user
                 JOIN change h ON h.id = a.change WHERE a.of_user = ?1 ORDER BY a.since DESC, u.key",
                id,
            )?,
        }))
    }

    fn aliases(&self, sql: &str, user: i64) -> Result<Vec<AliasEntry>, StoreError> {
        self.by_period(sql, [user], |since, row| {
            Ok(AliasEntry { since, user: row.get(1)?, changed_at: row.get(2)?, changed_by: row.get(3)? })
        })
    }

    fn facts_of_user(&self, user: i64, period: Option<BillingPeriod>) -> Result<Vec<UserFact>, StoreError> {
        const SQL: &str = "
            WITH who (id) AS (SELECT ?1 UNION SELECT user FROM alias_row WHERE of_user = ?1),
            fact (list, user, payload, late) AS (
              SELECT l.id, g.user, g.payload, 0 FROM usage_list l CROSS JOIN who CROSS JOIN usage g
                ON g.list = l.id AND g.user = who.id WHERE ?2 IS NULL OR l.period = ?2
              UNION ALL
              SELECT l.id, g.user, g.payload, 1 FROM usage_list l CROSS JOIN who CROSS JOIN late_usage g
                ON g.list = l.id AND g.user = who.id WHERE ?2 IS NULL OR l.period = ?2)
            SELECT l.period, f.code, k.name, o.public_id, o.name, u.key, substr(p.rank, 1, 20),
              substr(w.sha256, 1, 16), fact.late
            FROM fact
            JOIN usage_list l ON l.id = fact.list
            JOIN feature f ON f.id = l.feature
            JOIN object_now o ON o.id = l.source
            JOIN object_kind k ON k.id = o.kind
            JOIN user u ON u.id = fact.user
            JOIN payload p ON p.id = fact.payload
            JOIN upload w ON w.id = p.upload
            ORDER BY l.period DESC, f.code, o.name, o.public_id, u.key";
        self.by_period(SQL, params![user, period.map(BillingPeriod::number)], |period, row| {
            Ok(UserFact {
                period,
                feature: row.get(1)?,
                source_kind: row.get(2)?,
                source: row.get(3)?,
                source_name: row.get(4)?,
                seen_as: row.get(5)?,
                first_seen: row.get(6)?,
                upload_id: row.get(7)?,
                late: row.get(8)?,
            })
        })
    }
}
