//! `seat_seal`, `seat_canonical(period)` and `seat_verify()`: the seal of a statement that is being written, the
//! text that a seal is the SHA-256 of, and whether the statements hold theirs.

use std::rc::Rc;

use rusqlite::Connection;
use sha2::{Digest as _, Sha256};

use super::facts::{FactText, carried_digest};
use super::listed::Listed;
use super::names::hex;
use super::stated::{self, Stated};
use super::vtab::{Argument, Call, Cell, Rows, Table};
use super::{Fault, month};
use crate::domain::statement::{Head, PeriodStatement};

const fn required(name: &'static str) -> Argument {
    Argument { name, required: true }
}

/// Of a month whose rows stand in the tables and whose statement does not yet.
pub const SEAL: Table = Table {
    name: "seat_seal",
    columns: &["previous_seal", "seal", "facts_sha256"],
    arguments: &[
        required("period"),
        required("closed_at"),
        required("closed_by"),
        required("imported"),
        required("organization_id"),
        required("organization_name"),
        required("time_zone"),
        required("lock_day"),
    ],
    open: |call: &Call<'_>| {
        if call.is_null(0) {
            return Ok(Box::new(Listed::new(Vec::new(), seal_cell)));
        }
        let text = |index| call.text(index).map(str::to_owned);
        let period = text(0)?;
        let head = Head {
            previous_seal: previous_seal(&call.db, &period)?,
            period,
            closed_at: text(1)?,
            closed_by: text(2)?,
            imported: call.integer(3)?,
            organization_id: text(4)?,
            organization_name: text(5)?,
            time_zone: text(6)?,
            lock_day: call.integer(7)?,
        };
        let statement = read(&call.db, head)?;
        Ok(Box::new(Listed::new(vec![(seal(&statement.canonical()), statement)], seal_cell)))
    },
};

fn seal_cell((seal, statement): &(String, PeriodStatement), column: usize) -> Cell<'_> {
    match column {
        0 => Cell::Text(&statement.head.previous_seal),
        1 => Cell::Text(seal),
        _ => Cell::Text(&statement.facts.sha256),
    }
}

/// One line a row, of a closed month; no row for others.
pub const CANONICAL: Table = Table {
    name: "seat_canonical",
    columns: &["line"],
    arguments: &[required("period")],
    open: |call: &Call<'_>| {
        let mut lines = Vec::new();
        if let Some(period) = call.text_nullable(0)? {
            let period: crate::domain::period::BillingPeriod = period.parse()?;
            if let Some(found) = stated::find(&call.db, &period.to_string())? {
                lines = read(&call.db, found.head)?.canonical().lines().map(str::to_owned).collect();
            }
        }
        Ok(Box::new(Listed::new(lines, |line: &String, _| Cell::Text(line))))
    },
};

/// The oldest first, or one of them; each is worked out when its row is asked for.
pub const VERIFY: Table = Table {
    name: "seat_verify",
    columns: &["period", "ok", "seal", "computed"],
    arguments: &[Argument { name: "period", required: false }],
    open: |call: &Call<'_>| {
        let heads = stated::all(&call.db)?.into_iter();
        let only = call.text_nullable(0)?.map(str::to_owned);
        Ok(Box::new(Verify { db: call.db.clone(), heads, only, before: None, current: None }))
    },
};

fn previous_seal(db: &Connection, period: &str) -> Result<String, Fault> {
    let sql = "SELECT coalesce((SELECT seal FROM main.statement WHERE period < ?1 ORDER BY period DESC LIMIT 1), '')";
    Ok(db.query_row(sql, [period], |row| row.get(0))?)
}

fn seal(canonical: &str) -> String {
    hex(&Sha256::digest(canonical))
}

/// Everything that the seal covers, from the tables.
fn read(db: &Connection, head: Head) -> Result<PeriodStatement, Fault> {
    Ok(PeriodStatement {
        facts: FactText::open(db, head.period.parse()?)?.digest(db)?,
        late_facts: carried_digest(db, &head.period)?,
        rows: stated::rows(db, &head.period)?,
        late: stated::late(db, &head.period)?,
        head,
    })
}

struct Verify {
    db: Rc<Connection>,
    heads: std::vec::IntoIter<Stated>,
    only: Option<String>,
    /// Period and seal of the statement before.
    before: Option<(String, String)>,
    current: Option<Verified>,
}

struct Verified {
    period: String,
    ok: bool,
    seal: String,
    computed: String,
}

impl Rows for Verify {
    fn next(&mut self) -> Result<bool, Fault> {
        self.current = None;
        let (only, before) = (&self.only, &mut self.before);
        let Some(Stated { head, seal: stored, facts_sha256 }) = self.heads.find(|stored| {
            let wanted = only.as_ref().is_none_or(|only| *only == stored.head.period);
            if !wanted {
                *before = Some((stored.head.period.clone(), stored.seal.clone()));
            }
            wanted
        }) else {
            return Ok(false);
        };
        let follows = match &self.before {
            Some((period, seal)) => month::follows(period, &head.period) && *seal == head.previous_seal,
            None => head.previous_seal.is_empty(),
        };
        let period = head.period.clone();
        let statement = read(&self.db, head)?;
        let computed = seal(&statement.canonical());
        let ok = follows && computed == stored && statement.facts.sha256 == facts_sha256;
        self.before = Some((period.clone(), stored.clone()));
        self.current = Some(Verified { period, ok, seal: stored, computed });
        Ok(true)
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let Some(current) = &self.current else { return Cell::Null };
        match column {
            0 => Cell::Text(&current.period),
            1 => Cell::Integer(current.ok.into()),
            2 => Cell::Text(&current.seal),
            _ => Cell::Text(&current.computed),
        }
    }
}
