//! Files that were handed out to the end, each with its hash.

use rusqlite::types::Value;

use super::commit::text;
use super::{Commit, Store, StoreError};

/// What is recorded of a file; when and by whom come from the commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    /// `usage`
    pub report: String,
    /// `csv`
    pub form: String,
    /// `2026-10`; of a history the last month.
    pub period: String,
    /// The part of it that was asked for, in words; empty: all of it.
    pub part: String,
    /// Its name.
    pub file: String,
    pub bytes: i64,
    /// In hex.
    pub sha256: String,
}

/// One on record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportMade {
    pub made_at: String,
    /// `web/anna`
    pub actor: String,
    pub made: Made,
}

/// Adds the statement that puts it on record. The trigger adds an entry to the audit trail.
pub fn record(commit: &mut Commit, made: &Made) {
    commit.add(
        "INSERT INTO export_made (made_at, actor, report, form, period, part, file, bytes, sha256)
           SELECT at, actor, ?1, ?2, ?3, ?4, ?5, ?6, ?7 FROM commit_now",
        [
            text(&made.report),
            text(&made.form),
            text(&made.period),
            text(&made.part),
            text(&made.file),
            Value::Integer(made.bytes),
            text(&made.sha256),
        ],
    );
}

impl Store {
    /// The newest first, without the first `skip`; those of one actor or all.
    pub fn list_exports_made(
        &self,
        actor: Option<&str>,
        skip: usize,
        most: usize,
    ) -> Result<Vec<ExportMade>, StoreError> {
        const SQL: &str = "
            SELECT made_at, actor, report, form, period, part, file, bytes, sha256 FROM export_made
            WHERE ?1 IS NULL OR actor = ?1 ORDER BY id DESC LIMIT ?3 OFFSET ?2";
        let mut statement = self.db.prepare_cached(SQL)?;
        let rows = statement.query_map((actor, skip as i64, most as i64), |row| {
            Ok(ExportMade {
                made_at: row.get(0)?,
                actor: row.get(1)?,
                made: Made {
                    report: row.get(2)?,
                    form: row.get(3)?,
                    period: row.get(4)?,
                    part: row.get(5)?,
                    file: row.get(6)?,
                    bytes: row.get(7)?,
                    sha256: row.get(8)?,
                },
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many there are.
    pub fn count_exports_made(&self, actor: Option<&str>) -> Result<usize, StoreError> {
        const SQL: &str = "SELECT count(*) FROM export_made WHERE ?1 IS NULL OR actor = ?1";
        let count: i64 = self.db.prepare_cached(SQL)?.query_row([actor], |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }
}
