//! Which local days a source has told of: the strip of the last days, and the gaps of a period.

use std::collections::HashMap;

use rusqlite::params;

use super::objects::instant;
use super::{Store, StoreError};
use crate::domain::days::DayRun;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, TimeZone};

/// What became of one local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DayMark {
    /// Received on that day or the next.
    Got,
    /// Received, but later than the day after it was collected.
    ArrivedLater,
    Missing,
    /// Nothing yet today.
    NotYet,
    /// Before the first upload ever.
    BeforeFirst,
}

/// One day of the strip.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: chrono::NaiveDate,
    pub mark: DayMark,
}

/// A source that was silent on days of a period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SilentDays {
    pub kind: ObjectKind,
    pub id: String,
    pub name: String,
    /// Days without a payload.
    pub silent: usize,
    /// Days of the period that it could have told of: since it was first seen, up to yesterday.
    pub days: usize,
}

impl Store {
    /// The last `days` local days of a license server, site or NetScaler host, the oldest first.
    pub(super) fn strip(
        &self,
        object: i64,
        as_of: UtcInstant,
        days: u64,
        zone: TimeZone,
    ) -> Result<Vec<Day>, StoreError> {
        const SQL: &str = "
            SELECT substr(p.rank, 1, 20), u.received_at FROM payload p JOIN upload u ON u.id = p.upload
            WHERE p.object = ?1 AND p.partial = 0 AND p.rank >= ?2 AND p.rank < ?3";
        const FIRST: &str = "SELECT substr(min(rank), 1, 20) FROM payload WHERE object = ?1 AND partial = 0";
        let run = DayRun::up_to(as_of, days, zone);
        let first = self.db.prepare_cached(FIRST)?.query_row([object], |row| Ok(instant(row, 0)))??;
        let mut marks: Vec<DayMark> = (0..run.len())
            .map(|day| match first {
                Some(first) if first < run.begins(day + 1) => DayMark::Missing,
                _ => DayMark::BeforeFirst,
            })
            .collect();
        if let Some(today) = marks.last_mut().filter(|mark| **mark == DayMark::Missing) {
            *today = DayMark::NotYet;
        }
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows =
            statement.query(params![object, run.begins_at().to_string(), run.ends_at().to_string()])?;
        while let Some(row) = rows.next()? {
            let (Some(collected_at), Some(received_at)) = (instant(row, 0)?, instant(row, 1)?) else {
                continue;
            };
            let Some(day) = run.position(collected_at) else { continue };
            let in_time = received_at < run.begins(day + 2);
            marks[day] =
                if in_time || marks[day] == DayMark::Got { DayMark::Got } else { DayMark::ArrivedLater };
        }
        Ok(marks.into_iter().enumerate().map(|(day, mark)| Day { date: run.date(day), mark }).collect())
    }

    /// On how many local days of a period a source told of itself. A delivery group is told of by its site. What was
    /// received after `until` is not looked at.
    pub fn days_told(
        &self,
        (kind, id): (ObjectKind, &str),
        period: BillingPeriod,
        zone: TimeZone,
        until: UtcInstant,
    ) -> Result<usize, StoreError> {
        const SQL: &str = "
            SELECT substr(p.rank, 1, 20) FROM payload p JOIN upload u ON u.id = p.upload
            WHERE p.object = (SELECT iif(kind = 3, parent, id) FROM object WHERE kind = ?1 AND public_id = ?2)
              AND p.partial = 0 AND p.rank >= ?3 AND p.rank < ?4 AND u.received_at <= ?5";
        let run = DayRun::of_period(period, zone);
        let mut told = vec![false; run.len()];
        let mut statement = self.db.prepare_cached(SQL)?;
        let (from, to) = (run.begins_at().to_string(), run.ends_at().to_string());
        let mut rows = statement.query(params![kind.number(), id, from, to, until.to_string()])?;
        while let Some(row) = rows.next()? {
            if let Some(day) = instant(row, 0)?.and_then(|at| run.position(at)) {
                told[day] = true;
            }
        }
        Ok(told.into_iter().filter(|told| *told).count())
    }

    /// License servers and sites that were seen before and are silent on days of the period up to yesterday,
    /// the most silent first. Archived ones are left out.
    pub fn silent_days(
        &self,
        period: BillingPeriod,
        as_of: UtcInstant,
        zone: TimeZone,
    ) -> Result<Vec<SilentDays>, StoreError> {
        const TOLD: &str = "
            SELECT p.object, p.rank FROM payload p
            WHERE p.object IN (SELECT id FROM object WHERE kind IN (1, 2) AND archived_at IS NULL)
              AND p.rank >= ?1 AND p.rank < ?2";
        const ALONE: &str = "SELECT rank FROM payload WHERE partial = 1 AND object = ?1";
        const SOURCES: &str = "
            SELECT o.id, k.name, o.public_id, o.name,
              (SELECT substr(min(rank), 1, 20) FROM payload WHERE object = o.id AND partial = 0)
            FROM object_now o JOIN object_kind k ON k.id = o.kind
            WHERE o.kind IN (1, 2) AND o.archived_at IS NULL AND o.id = ?1";
        let run = DayRun::of_period(period, zone);
        // Today is not over.
        let over = (0..run.len()).take_while(|day| run.begins(day + 1) <= as_of).count();
        let begins: Vec<String> = (0..=over).map(|day| run.begins(day).to_string()).collect();
        let mut told: HashMap<i64, u64> = self.unarchived_sources()?;
        let mut statement = self.db.prepare_cached(TOLD)?;
        let mut rows = statement.query([begins.first(), begins.last()])?;
        let mut alone = self.db.prepare_cached(ALONE)?;
        let mut with_alone: HashMap<i64, Vec<String>> = HashMap::new();
        while let Some(row) = rows.next()? {
            let object: i64 = row.get(0)?;
            let rank = row.get_ref(1)?.as_str().map_err(rusqlite::Error::from)?;
            let instant = rank.get(..20).unwrap_or(rank);
            let day = begins.partition_point(|begins| begins.as_str() <= instant);
            let Some(days) = told.get_mut(&object).filter(|_| (1..=over).contains(&day)) else { continue };
            let bit = 1 << (day - 1);
            if *days & bit == 0 {
                // A license file that came alone is no report.
                let files = match with_alone.entry(object) {
                    std::collections::hash_map::Entry::Occupied(known) => known.into_mut(),
                    std::collections::hash_map::Entry::Vacant(new) => {
                        let ranks = alone.query_map([object], |row| row.get(0))?;
                        new.insert(ranks.collect::<Result<_, _>>()?)
                    }
                };
                if !files.iter().any(|alone| alone == rank) {
                    *days |= bit;
                }
            }
        }
        let mut names = self.db.prepare_cached(SOURCES)?;
        let mut silent = Vec::new();
        for (object, days) in told {
            // Most miss nothing, and need no name.
            if days.count_ones() as usize == over {
                continue;
            }
            let mut rows = names.query([object])?;
            let Some(row) = rows.next()? else { continue };
            let Some(first) = instant(row, 4)? else { continue };
            let from = (0..over).take_while(|day| run.begins(day + 1) <= first).count();
            let missing = (from..over).filter(|day| days & (1 << day) == 0).count();
            if missing > 0 {
                silent.push(SilentDays {
                    kind: row.get::<_, String>(1)?.parse()?,
                    id: row.get(2)?,
                    name: row.get(3)?,
                    silent: missing,
                    days: over - from,
                });
            }
        }
        silent.sort_by(|a, b| b.silent.cmp(&a.silent).then_with(|| (&a.name, &a.id).cmp(&(&b.name, &b.id))));
        Ok(silent)
    }

    /// Rows of license servers and sites in use, with no day told yet: a bit a day.
    fn unarchived_sources(&self) -> Result<HashMap<i64, u64>, StoreError> {
        let sql = "SELECT id FROM object WHERE kind IN (1, 2) AND archived_at IS NULL";
        let mut statement = self.db.prepare_cached(sql)?;
        Ok(statement.query_map([], |row| Ok((row.get(0)?, 0)))?.collect::<Result<_, _>>()?)
    }
}
