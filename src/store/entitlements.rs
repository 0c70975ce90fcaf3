//! License files of license servers, and what they add up to: now, or at the end of a billing period.

use std::collections::{BTreeMap, HashMap};

use rusqlite::{Row, params};

use super::source_use::SourceUse;
use super::{Store, StoreError};
use crate::domain::days::{days_to_expire, parse_date};
use crate::domain::entitlement::{Entitled, FileSet, Line, entitled, merged};
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};
use crate::payload::Format;

/// A line of a license file against its use, as a license server's page shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntitlementRow {
    pub line: Line,
    /// Users of the feature on this license server in the period; the same for all its lines.
    pub used: i64,
    /// It has not expired.
    pub holds: bool,
    /// Cut towards zero; `None` for one without a date.
    pub days_to_expire: Option<i64>,
}

/// What the license files of all license servers grant in a period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entitlements(BTreeMap<String, Entitled>);

impl Entitlements {
    /// `None`: no license server told of this feature.
    pub fn get(&self, feature: &str) -> Option<Entitled> {
        self.0.get(feature).copied()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, Entitled)> {
        self.0.iter().map(|(feature, entitled)| (feature.as_str(), *entitled))
    }
}

/// Lines of license files by the row of their server; a server that told nothing has no entry.
pub(super) type LinesByServer = HashMap<i64, Vec<Line>>;

/// When the entitlements of a period are judged: now, or its last second where that is over.
pub fn judged_at(period: BillingPeriod, as_of: UtcInstant, zone: TimeZone) -> UtcInstant {
    as_of.min(end_of(period, zone).plus_seconds(-1))
}

fn end_of(period: BillingPeriod, zone: TimeZone) -> UtcInstant {
    period.plus_months(1).map_or(UtcInstant::EPOCH.plus_seconds(i64::MAX), |next| next.begins_at(zone))
}

impl Store {
    /// CSP quantities of user features, summed over license servers: what the newest payload collected up to
    /// the end of the period told. Servers archived before the period began do not add.
    pub fn entitlements(
        &self,
        period: BillingPeriod,
        as_of: UtcInstant,
        zone: TimeZone,
    ) -> Result<Entitlements, StoreError> {
        const RETIRED: &str = "SELECT id FROM object WHERE kind = 1 AND archived_at < ?1";
        let mut lines = self.license_lines(None, Some(end_of(period, zone)))?;
        let mut statement = self.db.prepare_cached(RETIRED)?;
        for row in statement.query_map([period.begins_at(zone).to_string()], |row| row.get::<_, i64>(0))? {
            lines.remove(&row?);
        }
        let at = judged_at(period, as_of, zone);
        let mut sums: BTreeMap<String, Entitled> = BTreeMap::new();
        for lines in lines.values() {
            for (feature, adds) in entitled(lines, at, zone) {
                let sum = sums.entry(feature).or_insert(Entitled::Licenses(0));
                *sum = sum.plus(adds);
            }
        }
        Ok(Entitlements(sums))
    }

    /// Lines of one license server, by file, with the use of their features in the period; `None` where it
    /// has told nothing of license files.
    pub fn entitlements_of(
        &self,
        guid: &str,
        period: BillingPeriod,
        as_of: UtcInstant,
        zone: TimeZone,
        used: &SourceUse,
    ) -> Result<Option<Vec<EntitlementRow>>, StoreError> {
        let lines = self.license_lines(Some(guid), Some(end_of(period, zone)))?;
        let at = judged_at(period, as_of, zone);
        let row = |line: Line| EntitlementRow {
            used: used.of_feature(ObjectKind::LicenseServer, guid, &line.feature),
            holds: line.holds_at(at, zone),
            days_to_expire: line
                .expires
                .as_deref()
                .and_then(parse_date)
                .map(|date| days_to_expire(date, as_of, zone)),
            line,
        };
        Ok(lines.into_values().next().map(|lines| lines.into_iter().map(row).collect()))
    }

    /// The files that stand for each license server, of payloads that rank before `before`.
    pub(super) fn license_lines(
        &self,
        guid: Option<&str>,
        before: Option<UtcInstant>,
    ) -> Result<LinesByServer, StoreError> {
        const WHOLE: &str = "
            SELECT p.object, p.rank, p.license_set, p.format FROM object o
            JOIN payload p ON p.id = (SELECT id FROM payload
              WHERE object = o.id AND license_set IS NOT NULL AND partial = 0 AND rank < ?3 ORDER BY rank DESC LIMIT 1)
            WHERE o.kind = 1 AND o.public_id BETWEEN ?1 AND ?2";
        const ALONE: &str = "
            SELECT p.object, p.rank, p.license_set, p.format FROM object o
            JOIN payload p ON p.object = o.id AND p.partial = 1 AND p.rank < ?3
            WHERE o.kind = 1 AND o.public_id BETWEEN ?1 AND ?2 AND p.license_set IS NOT NULL";
        let (from, to) = guid.map_or(("", "\u{10ffff}"), |guid| (guid, guid));
        // Behind every instant that can be written.
        let before = before.map_or("~".to_owned(), |before| before.to_string());
        let mut alone: HashMap<i64, Vec<FileSet>> = HashMap::new();
        let mut whole: HashMap<i64, FileSet> = HashMap::new();
        let mut statement = self.db.prepare_cached(ALONE)?;
        let mut rows = statement.query(params![from, to, before])?;
        while let Some(row) = rows.next()? {
            alone.entry(row.get(0)?).or_default().push(self.file_set(row)?);
        }
        let mut statement = self.db.prepare_cached(WHOLE)?;
        let mut rows = statement.query(params![from, to, before])?;
        while let Some(row) = rows.next()? {
            whole.insert(row.get(0)?, self.file_set(row)?);
        }
        let mut lines = LinesByServer::new();
        for (server, set) in whole {
            let alone = alone.remove(&server).unwrap_or_default();
            lines.extend(merged(Some(set), alone).map(|merged| (server, merged)));
        }
        for (server, sets) in alone {
            lines.extend(merged(None, sets).map(|merged| (server, merged)));
        }
        Ok(lines)
    }

    fn file_set(&self, payload: &Row<'_>) -> Result<FileSet, StoreError> {
        const SQL: &str = "
            SELECT file, line, feature, quantity, overdraft, sa_date, expires, kind, serial_number, csp
            FROM license_file_line WHERE license_set = ?1 ORDER BY file, line";
        let format: String = payload.get(3)?;
        let mut set = FileSet {
            rank: payload.get(1)?,
            files: Vec::new(),
            lines: Vec::new(),
            is_summary: format == Format::CallHome.as_str(),
        };
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query([payload.get::<_, i64>(2)?])?;
        while let Some(row) = rows.next()? {
            let file: String = row.get(0)?;
            if set.files.last() != Some(&file) {
                set.files.push(file.clone());
            }
            let Some(feature) = row.get(2)? else { continue };
            set.lines.push(Line {
                file,
                line: row.get(1)?,
                feature,
                quantity: row.get(3)?,
                overdraft: row.get(4)?,
                sa_date: row.get(5)?,
                expires: row.get(6)?,
                kind: row.get(7)?,
                serial_number: row.get(8)?,
                csp: row.get(9)?,
            });
        }
        Ok(set)
    }
}
