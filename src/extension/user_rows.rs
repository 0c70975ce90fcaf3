//! Who stands behind the figures: one row for each user of each row of a report.
//!
//! `seat_user_rows(period)` is the whole month; `seat_explain` asks for one figure of it.

use std::rc::Rc;

use rusqlite::Connection;

use self::feature::{Feature, Payload, UserRow, customer_of};
use super::Fault;
use super::key_order::Named;
use super::month::Month;
use super::vtab::{Argument, Call, Cell, Rows, Table};
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::{CustomerNo, Via};

mod feature;

pub const USER_ROWS: Table = Table {
    name: "seat_user_rows",
    columns: &[
        "feature",
        "customer_id",
        "user",
        "name",
        "via",
        "sources",
        "first_seen",
        "upload_id",
        "is_free",
    ],
    arguments: &[Argument { name: "period", required: true }],
    open: |call: &Call<'_>| {
        let Some(period) = call.text_nullable(0)? else { return Ok(Box::new(UserRows::empty(call))) };
        Ok(Box::new(UserRows::open(call, period.parse()?, Figure::All)?))
    },
};

/// Which figures are explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Figure {
    All,
    /// One feature and one customer, or the unlinked row; `Err` for a customer that is not known.
    One {
        feature: String,
        customer: Option<CustomerNo>,
    },
}

/// A feature at a time, in the order of the users' keys.
pub struct UserRows {
    db: Rc<Connection>,
    month: Option<Month>,
    figure: Figure,
    next_list: usize,
    feature: Option<Feature>,
    current: Option<Named>,
}

impl UserRows {
    pub fn empty(call: &Call<'_>) -> Self {
        Self {
            db: call.db.clone(),
            month: None,
            figure: Figure::All,
            next_list: 0,
            feature: None,
            current: None,
        }
    }

    pub fn open(call: &Call<'_>, period: BillingPeriod, figure: Figure) -> Result<Self, Fault> {
        let month = Some(Month::load(&call.db, period)?);
        Ok(Self { month, figure, ..Self::empty(call) })
    }

    /// Reads the facts of the next feature that is asked for; false behind the last.
    fn next_feature(&mut self) -> Result<bool, Fault> {
        let Some(month) = &self.month else { return Ok(false) };
        loop {
            let from = self.next_list;
            let Some(first) = month.lists.get(from) else { return Ok(false) };
            let lists = month.lists[from..].iter().take_while(|list| list.feature == first.feature).count();
            self.next_list = from + lists;
            let (wanted, only) = match &self.figure {
                Figure::All => (true, None),
                Figure::One { feature, customer } => (*feature == first.feature, Some(*customer)),
            };
            if wanted {
                self.feature = Some(Feature::read(&self.db, month, from..self.next_list, only)?);
                return Ok(true);
            }
        }
    }

    pub fn key(&self) -> Cell<'_> {
        self.current.as_ref().map_or(Cell::Null, |named| Cell::Text(&named.key))
    }

    pub fn name(&self) -> Cell<'_> {
        self.current.as_ref().map_or(Cell::Null, |named| Cell::Text(&named.name))
    }

    pub fn via(&self) -> Cell<'_> {
        self.row().map_or(Cell::Null, |(_, _, row)| Cell::from(row.via.map(Via::as_str)))
    }

    pub fn customer_id(&self) -> Cell<'_> {
        self.row().map_or(Cell::Null, |(month, _, row)| {
            Cell::from(row.customer.and_then(|customer| month.customer_id(customer)))
        })
    }

    pub fn feature_code(&self) -> Cell<'_> {
        self.row().map_or(Cell::Null, |(month, feature, row)| {
            let fact = feature.facts[row.facts.start as usize];
            Cell::Text(&month.lists[fact.list as usize].feature)
        })
    }

    /// Ids of the sources that put the user there, in their order, as a JSON array.
    pub fn sources(&self) -> Cell<'_> {
        self.row().map_or(Cell::Null, |(month, feature, row)| {
            if row.facts.len() == 1 {
                let fact = feature.facts[row.facts.start as usize];
                return Cell::Text(&month.source_of(fact.list as usize).alone);
            }
            let mut ids: Vec<_> = feature.facts[row.facts.start as usize..row.facts.end as usize]
                .iter()
                .filter(|fact| customer_of(month, fact) == row.customer)
                .map(|fact| month.source_of(fact.list as usize).public_id.as_str())
                .collect();
            ids.sort_unstable();
            Cell::Owned(serde_json::to_string(&ids).unwrap_or_default())
        })
    }

    pub fn first_seen(&self) -> Cell<'_> {
        Cell::from(self.first().and_then(|payload| payload.rank.get(..20)))
    }

    pub fn upload_id(&self) -> Cell<'_> {
        Cell::from(self.first().map(|payload| payload.upload.as_str()))
    }

    pub fn is_free(&self) -> Cell<'_> {
        self.row().map_or(Cell::Null, |(_, _, row)| Cell::Integer(row.free.into()))
    }

    fn first(&self) -> Option<&Payload> {
        let (_, feature, row) = self.row()?;
        feature.payloads.get(&row.first)
    }

    fn row(&self) -> Option<(&Month, &Feature, &UserRow)> {
        let (month, feature, named) = (self.month.as_ref()?, self.feature.as_ref()?, self.current.as_ref()?);
        Some((month, feature, feature.rows.get(named.row)?))
    }
}

impl Rows for UserRows {
    fn next(&mut self) -> Result<bool, Fault> {
        loop {
            if let Some(feature) = &mut self.feature {
                self.current = feature.names.next(&self.db, &feature.rows)?;
                if self.current.is_some() {
                    return Ok(true);
                }
            }
            self.feature = None;
            if !self.next_feature()? {
                return Ok(false);
            }
        }
    }

    fn cell(&self, column: usize) -> Cell<'_> {
        match column {
            0 => self.feature_code(),
            1 => self.customer_id(),
            2 => self.key(),
            3 => self.name(),
            4 => self.via(),
            5 => self.sources(),
            6 => self.first_seen(),
            7 => self.upload_id(),
            _ => self.is_free(),
        }
    }
}
