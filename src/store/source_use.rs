//! Users of each source in a billing period, as they are counted: what lists show beside a server or group.

use std::collections::{BTreeMap, HashMap};

use rusqlite::Row;

use super::figures::Figures;
use super::{Store, StoreError};
use crate::domain::ids::ObjectKind;
use crate::domain::period::BillingPeriod;
use crate::domain::product::{self, Unit};

/// Users of all sources in one period. May be filled from figures that are at hand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceUse(HashMap<(ObjectKind, String), UseOfSource>);

/// Users of one source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UseOfSource {
    /// Distinct users of all its user features.
    pub users: i64,
    /// By feature code.
    pub features: BTreeMap<String, i64>,
}

impl SourceUse {
    /// From figures at hand: what lists of servers are judged by.
    pub fn of(figures: &Figures) -> Self {
        let mut used = Self::default();
        for feature in &figures.features {
            for source in &feature.sources {
                let Ok(kind) = source.kind.parse() else { continue };
                let users = i64::try_from(source.users.users).unwrap_or(i64::MAX);
                let entry = used.0.entry((kind, source.id.clone())).or_default();
                // Of all features together it is known to the lists of servers, which count it.
                entry.users = entry.users.max(users);
                entry.features.insert(feature.feature.clone(), users);
            }
        }
        used
    }

    pub fn insert(&mut self, kind: ObjectKind, id: &str, source: UseOfSource) {
        self.0.insert((kind, id.to_owned()), source);
    }

    pub fn get(&self, kind: ObjectKind, id: &str) -> Option<&UseOfSource> {
        self.0.get(&(kind, id.to_owned()))
    }

    /// Takes kind, id, feature and users of a row; `None` where they are not counted as users.
    fn add(&mut self, row: &Row<'_>) -> Result<Option<&mut UseOfSource>, StoreError> {
        let (feature, users): (String, i64) = (row.get(2)?, row.get(3)?);
        if users == 0 || product::unit_of(&feature) != Unit::User {
            return Ok(None);
        }
        let key = (row.get::<_, String>(0)?.parse()?, row.get(1)?);
        let source = self.0.entry(key).or_default();
        source.users = users;
        source.features.insert(feature, users);
        Ok(Some(source))
    }

    /// In no order.
    pub fn iter(&self) -> impl Iterator<Item = (ObjectKind, &str, &UseOfSource)> {
        self.0.iter().map(|((kind, id), source)| (*kind, id.as_str(), source))
    }

    /// Distinct users of a source; 0 where it has none.
    pub fn users(&self, kind: ObjectKind, id: &str) -> i64 {
        self.get(kind, id).map_or(0, |source| source.users)
    }

    /// Users of one feature of a source.
    pub fn of_feature(&self, kind: ObjectKind, id: &str, feature: &str) -> i64 {
        self.get(kind, id).and_then(|source| source.features.get(feature)).copied().unwrap_or(0)
    }
}

impl Store {
    /// Counted from the facts. Where no alias and no default domain is in effect, users are what the lists
    /// hold; else each is who the count says.
    pub fn source_use(&self, period: BillingPeriod) -> Result<SourceUse, StoreError> {
        const PLAIN: &str = "
            SELECT NOT EXISTS (SELECT 1 FROM alias_row WHERE since <= ?1 AND of_user IS NOT NULL)
              AND NOT EXISTS (SELECT 1 FROM default_domain_row WHERE since <= ?1 AND domain IS NOT NULL)";
        if self.db.prepare_cached(PLAIN)?.query_row([period.number()], |row| row.get(0))? {
            self.use_by_lists(period)
        } else {
            self.use_by_count(period)
        }
    }

    fn use_by_lists(&self, period: BillingPeriod) -> Result<SourceUse, StoreError> {
        const LISTS: &str = "
            SELECT k.name, o.public_id, f.code, (SELECT count(*) FROM usage WHERE list = l.id), l.source
            FROM usage_list l JOIN feature f ON f.id = l.feature
            JOIN object o ON o.id = l.source JOIN object_kind k ON k.id = o.kind
            WHERE l.period = ?1";
        const DISTINCT: &str = "
            SELECT count(DISTINCT g.user) FROM usage_list l JOIN feature f ON f.id = l.feature
            JOIN usage g ON g.list = l.id
            WHERE l.period = ?1 AND l.source = ?2 AND seat_unit(f.code) = 'user'";
        let mut found = SourceUse::default();
        let mut statement = self.db.prepare_cached(LISTS)?;
        let mut distinct = self.db.prepare_cached(DISTINCT)?;
        let mut rows = statement.query([period.number()])?;
        while let Some(row) = rows.next()? {
            let Some(source) = found.add(row)? else { continue };
            // A user of two features is one user.
            if source.features.len() > 1 {
                let keys = [period.number(), row.get(4)?];
                source.users = distinct.query_row(keys, |row| row.get(0))?;
            }
        }
        Ok(found)
    }

    fn use_by_count(&self, period: BillingPeriod) -> Result<SourceUse, StoreError> {
        const FEATURES: &str = "SELECT source_kind, source, feature, count(DISTINCT user) FROM seat_resolve(?1) GROUP BY 1, 2, 3";
        const SOURCES: &str =
            "SELECT source_kind, source, count(DISTINCT user) FROM seat_resolve(?1) GROUP BY 1, 2";
        let mut found = SourceUse::default();
        let mut statement = self.db.prepare_cached(FEATURES)?;
        let mut rows = statement.query([period.to_string()])?;
        while let Some(row) = rows.next()? {
            found.add(row)?;
        }
        let mut statement = self.db.prepare_cached(SOURCES)?;
        let mut rows = statement.query([period.to_string()])?;
        while let Some(row) = rows.next()? {
            let key = (row.get::<_, String>(0)?.parse()?, row.get(1)?);
            found.0.entry(key).or_default().users = row.get(2)?;
        }
        Ok(found)
    }
}
