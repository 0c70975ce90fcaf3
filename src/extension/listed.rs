//! Rows that are few enough to be worked out before the first is handed out.

use std::vec::IntoIter;

use rusqlite::Connection;

use super::Fault;
use super::vtab::{Call, Cell, Rows};
use crate::domain::period::BillingPeriod;

/// A finished list; `cell` tells the columns of a row.
pub struct Listed<R> {
    rows: IntoIter<R>,
    current: Option<R>,
    cell: fn(&R, usize) -> Cell<'_>,
}

impl<R> Listed<R> {
    pub fn new(rows: Vec<R>, cell: fn(&R, usize) -> Cell<'_>) -> Self {
        Self { rows: rows.into_iter(), current: None, cell }
    }
}

/// The rows of the period that is the first argument; none of NULL.
pub fn of_period<R: 'static>(
    call: &Call<'_>,
    rows: fn(&Connection, BillingPeriod) -> Result<Vec<R>, Fault>,
    cell: fn(&R, usize) -> Cell<'_>,
) -> Result<Box<dyn Rows>, Fault> {
    let rows = match call.text_nullable(0)? {
        Some(period) => rows(&call.db, period.parse()?)?,
        None => Vec::new(),
    };
    Ok(Box::new(Listed::new(rows, cell)))
}

impl<R> Rows for Listed<R> {
    fn next(&mut self) -> Result<bool, Fault> {
        self.current = self.rows.next();
        Ok(self.current.is_some())
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        self.current.as_ref().map_or(Cell::Null, |row| (self.cell)(row, column))
    }
}
