//! Rows that are few enough to be worked out before the first is handed out.

use std::vec::IntoIter;

use super::Fault;
use super::vtab::{Cell, Rows};

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

impl<R> Rows for Listed<R> {
    fn next(&mut self) -> Result<bool, Fault> {
        self.current = self.rows.next();
        Ok(self.current.is_some())
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        self.current.as_ref().map_or(Cell::Null, |row| (self.cell)(row, column))
    }
}
