//! Is the database sound? Each finding is a sentence for people; a check that cannot be made is a problem too.

use std::collections::BTreeMap;

use sha2::{Digest as _, Sha256};

use super::verify::Verified;
use super::{Store, StoreError};
use crate::domain::setting;
use crate::extension::hex;

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub check: &'static str,
    /// Empty when it holds.
    pub problems: Vec<String>,
}

type Look = fn(&Store) -> Result<Vec<String>, StoreError>;

/// All checks, the cheap and general ones first.
const CHECKS: [(&str, Look); 10] = [
    ("pages and indexes are intact", |store| {
        store.problems("SELECT integrity_check FROM pragma_integrity_check WHERE integrity_check <> 'ok'")
    }),
    ("tables, views and guards are those of this version", Store::changed_schema),
    ("settings have values that they take", Store::wrong_settings),
    ("references lead somewhere", |store| {
        store.problems(
            "SELECT 'row ' || coalesce(rowid, '?') || ' of ' || \"table\" || ' points to no ' || parent
             FROM pragma_foreign_key_check",
        )
    }),
    ("every fact has its list, user and payload", |store| {
        store.problems(
            "SELECT count(*) || ' facts of list ' || g.list || ' lack one' FROM usage g
             LEFT JOIN usage_list l ON l.id = g.list LEFT JOIN user u ON u.id = g.user
             LEFT JOIN payload p ON p.id = g.payload
             WHERE l.id IS NULL OR u.id IS NULL OR p.id IS NULL GROUP BY g.list",
        )
    }),
    ("identity keys are those of the names", |store| {
        store.problems(
            "SELECT 'user ' || quote(key) || ' is shown as ' || quote(name) FROM user WHERE key <> seat_user_key(name)",
        )
    }),
    ("no site is assigned beside its delivery groups", |store| {
        store.problems(
            "SELECT 'site ' || s.public_id || ' and delivery group ' || g.public_id || ' are both assigned in ' || c.since
             FROM site_conflict c JOIN object s ON s.id = c.site JOIN object g ON g.id = c.delivery_group",
        )
    }),
    ("the audit trail is unbroken", |store| {
        store.problems(
            "SELECT 'entry ' || id || ' does not follow from the one before' FROM audit_canonical
             WHERE hash <> seat_chain(previous_hash, text)
             UNION ALL
             SELECT 'expected ' || h.entries || ' entries, found ' || (SELECT count(*) FROM audit) FROM audit_head h
             WHERE h.entries <> (SELECT count(*) FROM audit)
             UNION ALL
             SELECT 'it does not end with the entry that was written last' FROM audit_head h
             WHERE h.hash <> coalesce((SELECT hash FROM audit ORDER BY id DESC LIMIT 1), '')
             UNION ALL
             SELECT 'its end is not on record' WHERE NOT EXISTS (SELECT 1 FROM audit_head)",
        )
    }),
    ("closed months hold their seals, and a recount gives their figures", Store::broken_statements),
    ("kept uploads have their bytes", Store::changed_uploads),
];

impl Store {
    /// Everything that can be told without changing anything.
    pub fn check(&self) -> Vec<Finding> {
        let look = |(check, look): &(&'static str, Look)| {
            let problems = look(self).unwrap_or_else(|error| vec![format!("cannot be checked: {error}")]);
            Finding { check, problems }
        };
        CHECKS.iter().map(look).collect()
    }

    fn problems(&self, sql: &str) -> Result<Vec<String>, StoreError> {
        let mut statement = self.db.prepare(sql)?;
        Ok(statement.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?)
    }

    fn changed_schema(&self) -> Result<Vec<String>, StoreError> {
        let expected: BTreeMap<_, _> = Self::fresh_schema()?.into_iter().collect();
        let found: BTreeMap<_, _> = self.schema()?.into_iter().collect();
        let missing = expected
            .keys()
            .filter(|name| !found.contains_key(*name))
            .map(|name| format!("{name} is missing"));
        let changed = expected
            .iter()
            .filter(|(name, sql)| found.get(*name).is_some_and(|found| found != *sql))
            .map(|(name, _)| format!("{name} was changed"));
        // Tables and indexes of others do no harm; a trigger of others may.
        let added = found
            .keys()
            .filter(|name| name.starts_with("trigger ") && !expected.contains_key(*name))
            .map(|name| format!("{name} does not belong here"));
        Ok(missing.chain(changed).chain(added).collect())
    }

    fn wrong_settings(&self) -> Result<Vec<String>, StoreError> {
        let stored = self.stored_settings()?;
        let required =
            ["time_zone", "lock_day"].into_iter().filter(|key| !stored.iter().any(|(known, _)| known == key));
        let mut problems: Vec<String> = required.map(|key| format!("{key} is missing")).collect();
        for (key, value) in &stored {
            let wrong = match key.as_str() {
                "live_from" => value.parse::<crate::domain::period::BillingPeriod>().err(),
                _ => setting::find(key).and_then(|setting| setting.check(value)).err(),
            };
            problems.extend(wrong.map(|error| format!("{key}: {}", error.detail)));
        }
        Ok(problems)
    }

    fn broken_statements(&self) -> Result<Vec<String>, StoreError> {
        let told = |month: Verified| {
            let Verified { period, problems, .. } = month;
            problems.into_iter().map(move |problem| format!("{period}: {problem}"))
        };
        let mut problems: Vec<String> = self.verify(None)?.into_iter().flat_map(told).collect();
        // No seal covers what lies before the first one; all usage of those months is late.
        problems.extend(self.problems(
            "SELECT printf('%04d-%02d', l.period / 100, l.period % 100) || ': expected late usage alone before the first statement, found usage'
             FROM usage_list l, (SELECT min(period) AS first FROM statement) s
             WHERE printf('%04d-%02d', l.period / 100, l.period % 100) < s.first
               AND EXISTS (SELECT 1 FROM usage WHERE list = l.id)
             GROUP BY l.period",
        )?);
        Ok(problems)
    }

    /// Accepted uploads without bytes, and kept bytes that are not those that came.
    fn changed_uploads(&self) -> Result<Vec<String>, StoreError> {
        let mut problems = self.problems(
            "SELECT 'the bytes of ' || file || ' (' || substr(sha256, 1, 16) || ') are gone' FROM upload u
             WHERE status = 'accepted' AND NOT EXISTS (SELECT 1 FROM upload_content WHERE upload = u.id)",
        )?;
        let mut statement = self.db.prepare(
            "SELECT u.sha256, u.file, c.content FROM upload u JOIN upload_content c ON c.upload = u.id ORDER BY u.id",
        )?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let expected: String = row.get(0)?;
            let content = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
            if hex(&Sha256::digest(content)) != expected {
                let file: String = row.get(1)?;
                problems.push(format!("the bytes of {file} are not those with SHA-256 {expected}"));
            }
        }
        Ok(problems)
    }
}
