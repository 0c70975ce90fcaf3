//! The figures of a month, as pages and the API show them: totals, rows by customer, rows by source.

use rusqlite::params;

use super::{Store, StoreError};
use crate::domain::count;
use crate::domain::period::BillingPeriod;
use crate::domain::product;
use crate::domain::user_key::user_key;
use crate::extension::Fault;
use crate::extension::month::{Month, is_closed};

mod names;
mod tenants;

pub use names::SourceNames;
pub use tenants::{SeenGroup, SeenSite, Tenants};

/// Users of one row: `users = paid + free`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Users {
    pub users: u64,
    pub paid: u64,
    pub free: u64,
}

/// All figures of one billing period.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub period: BillingPeriod,
    /// Whether they come from the statement.
    pub closed: bool,
    /// By code; features without users are left out.
    pub features: Vec<FeatureFigures>,
}

/// The figures of one feature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeatureFigures {
    pub feature: String,
    pub product: String,
    pub edition: String,
    pub total: Users,
    /// Sum of all rows minus the total.
    pub overlap: u64,
    /// The unlinked row first, then by name; rows without users are left out.
    pub customers: Vec<CustomerFigures>,
    /// Each source alone, by kind, then by name.
    pub sources: Vec<SourceFigures>,
    /// Of a closed period, as its statement keeps it.
    pub entitled: Option<i64>,
    pub overage: Option<i64>,
}

/// A row of the report; no id is the unlinked one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CustomerFigures {
    pub id: Option<String>,
    pub name: Option<String>,
    pub users: Users,
}

/// A license server or delivery group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFigures {
    pub kind: String,
    pub id: String,
    pub name: String,
    pub users: Users,
}

impl Figures {
    pub fn feature(&self, code: &str) -> Option<&FeatureFigures> {
        self.features.iter().find(|figures| figures.feature == code)
    }

    /// Names the sources anew: an upload can rename one without changing what is counted.
    pub fn name_sources(&mut self, names: &SourceNames) {
        for feature in &mut self.features {
            for source in &mut feature.sources {
                names.of(&source.kind, &source.id).clone_into(&mut source.name);
            }
            feature.sources.sort_by(|a, b| (&a.kind, &a.name, &a.id).cmp(&(&b.kind, &b.name, &b.id)));
        }
    }
}

impl FeatureFigures {
    fn new(feature: &str) -> Self {
        Self {
            feature: feature.to_owned(),
            product: product::product_of(feature).to_owned(),
            edition: product::edition_of(feature).to_owned(),
            total: Users::default(),
            overlap: 0,
            customers: Vec::new(),
            sources: Vec::new(),
            entitled: None,
            overage: None,
        }
    }

    pub fn customer(&self, id: Option<&str>) -> Option<&CustomerFigures> {
        self.customers.iter().find(|row| row.id.as_deref() == id)
    }

    fn sort(&mut self) {
        self.customers
            .sort_by_cached_key(|row| (row.id.is_some(), row.name.as_deref().map(user_key), row.id.clone()));
        self.sources.sort_by(|a, b| (&a.kind, &a.name, &a.id).cmp(&(&b.kind, &b.name, &b.id)));
    }
}

impl From<count::Figures> for Users {
    fn from(figures: count::Figures) -> Self {
        Self { users: figures.users, paid: figures.paid_users(), free: figures.free_users }
    }
}

impl From<Fault> for StoreError {
    fn from(fault: Fault) -> Self {
        fault.into_sqlite().into()
    }
}

impl Store {
    /// A closed period answers from its statement, at a cost that does not depend on its users; an open one is
    /// counted. One state of the database is the caller's to see to: [`Store::snapshot`].
    pub fn figures(&self, period: BillingPeriod) -> Result<Figures, StoreError> {
        if is_closed(&self.db, period)? {
            return self.frozen_figures(period);
        }
        let mut figures = self.counted_figures(period)?;
        figures.name_sources(&self.source_names()?);
        Ok(figures)
    }

    /// Of an open period; sources have their id for a name.
    pub(super) fn counted_figures(&self, period: BillingPeriod) -> Result<Figures, StoreError> {
        let month = Month::load(&self.db, period)?;
        let names = self.customer_names()?;
        let counted = month.figures(&self.db)?;
        let by_list = month.list_figures(&self.db)?;
        let mut features = Vec::with_capacity(counted.len());
        for (code, found) in counted {
            let mut feature = FeatureFigures::new(code);
            feature.total = found.total.into();
            feature.overlap = found.overlap;
            feature.customers.extend(found.rows.iter().map(|(customer, users)| {
                let id = customer.and_then(|customer| month.customer_id(customer)).map(str::to_owned);
                CustomerFigures {
                    name: id.as_ref().map(|id| names.get(id).unwrap_or(id).clone()),
                    id,
                    users: (*users).into(),
                }
            }));
            let lists = month.lists.iter().zip(&by_list);
            feature.sources.extend(
                lists.filter(|(list, users)| list.feature == code && users.users > 0).map(|(list, users)| {
                    let source = &month.sources[list.source];
                    SourceFigures {
                        kind: source.kind.clone(),
                        id: source.public_id.clone(),
                        name: source.public_id.clone(),
                        users: (*users).into(),
                    }
                }),
            );
            feature.sort();
            features.push(feature);
        }
        Ok(Figures { period, closed: false, features })
    }

    fn frozen_figures(&self, period: BillingPeriod) -> Result<Figures, StoreError> {
        const SQL: &str = "
            SELECT feature, product, edition, kind, customer_id, customer, source_kind, source, source_name,
              users, free_users, overlap, entitled, overage
            FROM statement_row WHERE period = ?1 AND users > 0
            ORDER BY feature, kind <> 'total'";
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut rows = statement.query(params![period.to_string()])?;
        let mut features: Vec<FeatureFigures> = Vec::new();
        while let Some(row) = rows.next()? {
            let code: String = row.get(0)?;
            if features.last().is_none_or(|last| last.feature != code) {
                features.push(FeatureFigures {
                    product: row.get(1)?,
                    edition: row.get(2)?,
                    ..FeatureFigures::new(&code)
                });
            }
            let Some(feature) = features.last_mut() else { continue };
            let number = |column: usize| -> rusqlite::Result<u64> {
                Ok(u64::try_from(row.get::<_, Option<i64>>(column)?.unwrap_or(0)).unwrap_or(0))
            };
            let (all, free) = (number(9)?, number(10)?);
            let users = Users { users: all, paid: all.saturating_sub(free), free };
            match row.get::<_, String>(3)?.as_str() {
                "total" => {
                    feature.total = users;
                    feature.overlap = number(11)?;
                    feature.entitled = row.get(12)?;
                    feature.overage = row.get(13)?;
                }
                "source" => {
                    let id: String = row.get::<_, Option<String>>(7)?.unwrap_or_default();
                    let name = row.get::<_, Option<String>>(8)?.unwrap_or_else(|| id.clone());
                    let kind = row.get::<_, Option<String>>(6)?.unwrap_or_default();
                    feature.sources.push(SourceFigures { kind, id, name, users });
                }
                _ => {
                    let id: Option<String> = row.get(4)?;
                    let name = row.get::<_, Option<String>>(5)?.or_else(|| id.clone());
                    feature.customers.push(CustomerFigures { id, name, users });
                }
            }
        }
        features.iter_mut().for_each(FeatureFigures::sort);
        Ok(Figures { period, closed: true, features })
    }
}
