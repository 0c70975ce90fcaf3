//! `seat_resolve(period)`: every fact with the customer it counts for, and why.

use std::collections::VecDeque;
use std::rc::Rc;

use rusqlite::{Connection, params};

use super::Fault;
use super::month::{Month, number};
use super::vtab::{Argument, Call, Cell, Rows, Table};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::Via;
use crate::domain::precedence::{Effective, of_fact};

pub const RESOLVE: Table = Table {
    name: "seat_resolve",
    columns: &["user", "feature", "source_kind", "source", "customer_id", "via", "is_free"],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let month = match call.text_nullable(0)? {
            Some(period) => Some(Month::load(&call.db, period.parse::<BillingPeriod>()?)?),
            None => None,
        };
        let db = call.db.clone();
        Ok(Box::new(Resolve { db, month, list: 0, last_user: -1, ready: VecDeque::new(), current: None }))
    },
};

/// Facts are read in pieces, so that a month of any size needs no memory of its own.
struct Resolve {
    db: Rc<Connection>,
    month: Option<Month>,
    list: usize,
    last_user: i64,
    ready: VecDeque<Fact>,
    current: Option<Fact>,
}

struct Fact {
    list: usize,
    user: u32,
    key: String,
}

const PIECE: i64 = 4096;

impl Resolve {
    fn read_piece(&mut self) -> Result<(), Fault> {
        let Some(month) = &self.month else { return Ok(()) };
        let mut statement = self.db.prepare(
            "SELECT g.user, u.key FROM main.usage g JOIN main.user u ON u.id = g.user
             WHERE g.list = ?1 AND g.user > ?2 ORDER BY g.user LIMIT ?3",
        )?;
        while self.ready.is_empty() && self.list < month.lists.len() {
            let list = &month.lists[self.list];
            let mut rows = statement.query(params![list.row(), self.last_user, PIECE])?;
            while let Some(row) = rows.next()? {
                self.last_user = row.get(0)?;
                let seen = number(self.last_user);
                let user = month.counted(list, seen);
                let key = if user == seen { row.get(1)? } else { month.key_of(&self.db, user)? };
                self.ready.push_back(Fact { list: self.list, user, key });
            }
            if (self.ready.len() as i64) < PIECE {
                self.list += 1;
                self.last_user = -1;
            }
        }
        Ok(())
    }

    fn effective(&self, month: &Month, fact: &Fact) -> Option<Effective> {
        of_fact(month.tags.customer(fact.user), month.source_of(fact.list).tags.effective)
    }
}

impl Rows for Resolve {
    fn next(&mut self) -> Result<bool, Fault> {
        if self.ready.is_empty() {
            self.read_piece()?;
        }
        self.current = self.ready.pop_front();
        Ok(self.current.is_some())
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        let (Some(fact), Some(month)) = (&self.current, &self.month) else { return Cell::Null };
        let source = month.source_of(fact.list);
        match column {
            0 => Cell::Text(&fact.key),
            1 => Cell::Text(&month.lists[fact.list].feature),
            2 => Cell::Text(&source.kind),
            3 => Cell::Text(&source.public_id),
            4 => Cell::from(
                self.effective(month, fact).and_then(|effective| month.customer_id(effective.customer)),
            ),
            5 => Cell::from(self.effective(month, fact).map(|effective| effective.via).map(Via::as_str)),
            _ => Cell::Integer((source.tags.free || month.tags.is_free(fact.user)).into()),
        }
    }
}
