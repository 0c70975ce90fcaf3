//! `seat_explain(period, customer_id, feature)`: who stands behind one figure, down to the upload.

use rusqlite::OptionalExtension as _;

use super::Fault;
use super::user_rows::{Figure, UserRows};
use super::vtab::{Argument, Call, Cell, Rows, Table};
use crate::domain::precedence::CustomerNo;

pub const EXPLAIN: Table = Table {
    name: "seat_explain",
    columns: &["user", "via", "sources", "first_seen", "upload_id", "is_free"],
    arguments: &[
        Argument { name: "period", required: true },
        Argument { name: "customer_id", required: true },
        Argument { name: "feature", required: true },
    ],
    open: |call: &Call<'_>| {
        if call.is_null(0) || call.is_null(2) {
            return Ok(Box::new(Explain(UserRows::empty(call))));
        }
        let (period, feature) = (call.text(0)?.parse()?, call.text(2)?.to_owned());
        let customer = match call.text_nullable(1)? {
            None => None,
            Some(public_id) => match customer(call, public_id)? {
                Some(customer) => Some(customer),
                None => return Ok(Box::new(Explain(UserRows::empty(call)))),
            },
        };
        Ok(Box::new(Explain(UserRows::open(call, period, Figure::One { feature, customer })?)))
    },
};

fn customer(call: &Call<'_>, public_id: &str) -> Result<Option<CustomerNo>, Fault> {
    let mut find = call.db.prepare("SELECT id FROM main.customer WHERE public_id = ?1")?;
    let row: Option<i64> = find.query_row([public_id], |row| row.get(0)).optional()?;
    Ok(row.and_then(CustomerNo::from_row))
}

struct Explain(UserRows);

impl Rows for Explain {
    fn next(&mut self) -> Result<bool, Fault> {
        self.0.next()
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match column {
            0 => self.0.key(),
            1 => self.0.via(),
            2 => self.0.sources(),
            3 => self.0.first_seen(),
            4 => self.0.upload_id(),
            _ => self.0.is_free(),
        }
    }
}
