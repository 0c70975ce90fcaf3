//! The months of a range: what became of each, its figures, and rows over all of them.
//!
//! A closed month answers from its statement, with the names of its time, at a cost that does not depend on its
//! users; an open one is counted, or comes from the memory of those who have one.

use std::collections::HashMap;
use std::sync::Arc;

use super::figures::{FeatureFigures, Figures};
use super::memory::Memory;
use super::periods::Status;
use super::{Store, StoreError};
use crate::domain::instant::UtcInstant;
use crate::domain::period::{BillingPeriod, PeriodRange};

/// One month of a history.
#[derive(Clone, Debug)]
pub struct Month {
    pub figures: Arc<Figures>,
    pub status: Status,
}

/// By what the users of a month are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Split {
    Product,
    #[default]
    Customer,
    Source,
}

/// What a row stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Whose {
    /// A feature, by code.
    Product(String),
    /// `None`: the unlinked row.
    Customer(Option<String>),
    /// A license server or delivery group, by id.
    Source(String),
}

/// Users of one row, month by month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub whose: Whose,
    /// As the newest month names it that has the row; of a product its code.
    pub name: String,
    /// As many as months.
    pub users: Vec<u64>,
}

impl Store {
    /// Each month of a range with what became of it. Errors: `SEAT-P02` where the last one has not begun.
    pub fn statuses(
        &self,
        range: PeriodRange,
        now: UtcInstant,
    ) -> Result<Vec<(BillingPeriod, Status)>, StoreError> {
        let rules = self.rules()?;
        let as_of = self.clock()?.as_of(now);
        range.months().map(|month| Ok((month, Status::by(&rules, month, as_of)?))).collect()
    }
}

impl Memory {
    /// All months of a range. Errors: `SEAT-P02`.
    pub fn history(
        &self,
        store: &Store,
        range: PeriodRange,
        now: UtcInstant,
    ) -> Result<Vec<Month>, StoreError> {
        let month = |(period, status)| Ok(Month { figures: self.figures(store, period)?, status });
        store.statuses(range, now)?.into_iter().map(month).collect()
    }
}

/// The users of a feature by month, each counted once; of one customer (`Some(None)`: of the unlinked row) where one is
/// named.
pub fn total(months: &[Month], code: &str, customer: Option<Option<&str>>) -> Vec<u64> {
    let users = |feature: &FeatureFigures| match customer {
        None => feature.total.users,
        Some(id) => feature.customer(id).map_or(0, |row| row.users.users),
    };
    months.iter().map(|month| month.figures.feature(code).map_or(0, users)).collect()
}

/// Codes of the features that somebody used in one of the months, by code.
pub fn features(months: &[Month]) -> Vec<&str> {
    let mut codes: Vec<&str> = months
        .iter()
        .flat_map(|month| &month.figures.features)
        .map(|feature| feature.feature.as_str())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Products with users in one of the months, by code.
pub fn by_product(months: &[Month], customer: Option<Option<&str>>) -> Vec<Row> {
    let row = |code: &str| Row {
        whose: Whose::Product(code.to_owned()),
        name: code.to_owned(),
        users: total(months, code, customer),
    };
    let rows = features(months).into_iter().map(row);
    rows.filter(|row| row.users.iter().any(|users| *users > 0)).collect()
}

/// Customers of a feature in one of the months, the unlinked row among them, in no order.
pub fn by_customer(months: &[Month], code: &str) -> Vec<Row> {
    gather(months, code, |feature| {
        feature.customers.iter().map(|row| (row.id.as_deref(), row.name.as_deref(), row.users.users))
    })
    .into_iter()
    .map(|(id, name, users)| Row {
        whose: Whose::Customer(id.map(str::to_owned)),
        name: name.or(id).unwrap_or_default().to_owned(),
        users,
    })
    .collect()
}

/// Sources of a feature in one of the months, each alone, in no order.
pub fn by_source(months: &[Month], code: &str) -> Vec<Row> {
    gather(months, code, |feature| {
        feature.sources.iter().map(|row| (Some(row.id.as_str()), Some(row.name.as_str()), row.users.users))
    })
    .into_iter()
    .map(|(id, name, users)| Row {
        whose: Whose::Source(id.unwrap_or_default().to_owned()),
        name: name.unwrap_or_default().to_owned(),
        users,
    })
    .collect()
}

/// Id, name, and users by month.
type Gathered<'a> = (Option<&'a str>, Option<&'a str>, Vec<u64>);

fn gather<'a, I>(months: &'a [Month], code: &str, rows: impl Fn(&'a FeatureFigures) -> I) -> Vec<Gathered<'a>>
where
    I: Iterator<Item = (Option<&'a str>, Option<&'a str>, u64)>,
{
    let mut places: HashMap<Option<&str>, usize> = HashMap::new();
    let mut gathered: Vec<Gathered<'a>> = Vec::new();
    for (at, month) in months.iter().enumerate() {
        let Some(feature) = month.figures.feature(code) else { continue };
        for (id, name, users) in rows(feature) {
            let place = *places.entry(id).or_insert_with(|| {
                gathered.push((id, name, vec![0; months.len()]));
                gathered.len() - 1
            });
            gathered[place].1 = name;
            gathered[place].2[at] += users;
        }
    }
    gathered
}
