//! Tags since a month after another: they stand on when the earlier month is changed.

use std::collections::HashMap;

use rusqlite::params;

use super::roster::Roster;
use super::{Store, StoreError};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;

/// How many objects have one, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LaterTags {
    pub objects: u64,
    pub name: String,
    pub since: BillingPeriod,
    /// `None`: cleared.
    pub customer: Option<String>,
}

impl Store {
    /// Of users of a month, by their positions. `None` where nobody has one.
    pub fn later_tags_of_users(
        &self,
        roster: &Roster,
        users: &[u32],
    ) -> Result<Option<LaterTags>, StoreError> {
        let sql = "SELECT object, since, customer FROM assignment_row WHERE kind = 0 AND since > ?1";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([roster.period().number()])?;
        let mut later: HashMap<u32, (i64, Option<i64>)> = HashMap::new();
        while let Some(row) = rows.next()? {
            later.insert(row.get(0)?, (row.get(1)?, row.get(2)?));
        }
        let mut found = 0;
        let mut first = None;
        for user in users {
            let Some(tag) = roster.row_of(*user).and_then(|row| later.get(&row)) else { continue };
            found += 1;
            first = first.or(Some((*user, *tag)));
        }
        let Some((user, (since, customer))) = first else { return Ok(None) };
        let customer = match customer {
            None => None,
            Some(customer) => Some(self.db.query_row(
                "SELECT name FROM customer WHERE id = ?1",
                [customer],
                |row| row.get(0),
            )?),
        };
        let name = roster.user(user, None).name.to_owned();
        Ok(BillingPeriod::from_number(since).map(|since| LaterTags { objects: found, name, since, customer }))
    }

    /// Of objects that are no users, by their ids.
    pub fn later_tags(
        &self,
        kind: ObjectKind,
        ids: &[String],
        period: BillingPeriod,
    ) -> Result<Option<LaterTags>, StoreError> {
        let sql = "SELECT o.name, a.since, c.name FROM assignment_row a
             JOIN object_now o ON o.id = a.object LEFT JOIN customer c ON c.id = a.customer
             WHERE a.kind = ?1 AND a.since > ?2 AND a.object = (SELECT id FROM object WHERE kind = ?1 AND public_id = ?3)
             ORDER BY a.since LIMIT 1";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut first = None;
        let mut objects = 0;
        for id in ids {
            let mut rows = statement.query(params![kind.number(), period.number(), id])?;
            let Some(row) = rows.next()? else { continue };
            objects += 1;
            let since = BillingPeriod::from_number(row.get(1)?);
            first = first.or(Some((row.get(0)?, since, row.get(2)?)));
        }
        let Some((name, Some(since), customer)) = first else { return Ok(None) };
        Ok(Some(LaterTags { objects, name, since, customer }))
    }
}

/// A free flag as it stands: its reason and its note.
pub type Flag = (String, Option<String>);

impl Store {
    /// Free flags of users of a month, by their positions, in their order; `None` without one.
    pub fn free_flags_of_users(
        &self,
        roster: &Roster,
        users: &[u32],
    ) -> Result<Vec<Option<Flag>>, StoreError> {
        let sql =
            "SELECT object, reason, note FROM free_flag_row WHERE kind = 0 AND since <= ?1 ORDER BY since";
        let mut statement = self.db.prepare_cached(sql)?;
        let mut rows = statement.query([roster.period().number()])?;
        let mut flags: HashMap<u32, Option<Flag>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let reason: Option<String> = row.get(1)?;
            let note: Option<String> = row.get(2)?;
            flags.insert(row.get(0)?, reason.map(|reason| (reason, note)));
        }
        let of = |user: &u32| roster.row_of(*user).and_then(|row| flags.get(&row).cloned()).flatten();
        Ok(users.iter().map(of).collect())
    }
}
