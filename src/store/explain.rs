//! Who stands behind a figure: a page of its users, each down to the upload that showed it first.
//!
//! Users and counts come from the roster; the uploads are looked up for the users of the page alone.

use std::collections::HashMap;
use std::sync::Arc;

use rusqlite::{OptionalExtension as _, params};

use super::roster::{Filter, Page, Roster, Selection, Start};
use super::{Store, StoreError};
use crate::domain::precedence::Via;

/// Which figure of a feature is explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    Total,
    /// A row of the report by its customer's id; `None` is the unlinked one.
    Customer(Option<String>),
    /// A license server or delivery group by its id.
    Source(String),
}

/// A page of the explanation; `counts.vias`, `counts.free` and `total` of the selection are those of the figure.
#[derive(Clone, Debug)]
pub struct Explanation {
    pub selection: Arc<Selection>,
    pub page: Page,
    pub rows: Vec<ExplainedUser>,
}

/// One user of a figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExplainedUser {
    /// Identity key.
    pub user: String,
    /// Shown spelling.
    pub name: String,
    /// Where the user counts: of the total or a source, the first place of several.
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    pub via: Option<Via>,
    /// Those that put the user there: kind, id, name; by id.
    pub sources: Vec<(String, String, String)>,
    /// Of the earliest payload among them.
    pub first_seen: String,
    pub upload_id: String,
    pub free: bool,
}

impl What {
    /// The filter that leaves as many users as the figure counts.
    pub fn filter(&self, feature: &str) -> Filter {
        let filter = Filter { feature: Some(feature.to_owned()), ..Filter::default() };
        match self {
            Self::Total => filter,
            Self::Customer(customer) => Filter { customer: Some(customer.clone()), ..filter },
            Self::Source(source) => Filter { source: Some(source.clone()), ..filter },
        }
    }
}

impl Store {
    /// A page of the users behind one figure of a feature. The roster must be of this state of the database:
    /// take both in one [`Store::snapshot`].
    pub fn explain(
        &self,
        roster: &Roster,
        feature: &str,
        what: &What,
        start: Start<'_>,
        limit: usize,
    ) -> Result<Explanation, StoreError> {
        self.explain_part(roster, feature, what, None, start, limit)
    }

    /// The same of the free ones (`Some(true)`) or the paid ones among them, as the figure's row counts them.
    pub fn explain_part(
        &self,
        roster: &Roster,
        feature: &str,
        what: &What,
        free: Option<bool>,
        start: Start<'_>,
        limit: usize,
    ) -> Result<Explanation, StoreError> {
        let mut selection = roster.select(&what.filter(feature));
        if let What::Source(source) = what {
            let free = roster.free_at_source(&selection, feature, source);
            Arc::make_mut(&mut selection).counts.free = free;
        }
        if let Some(free) = free {
            roster.keep(Arc::make_mut(&mut selection), feature, what, free);
        }
        let page = roster.page(&selection, start, limit);
        let mut uploads = Uploads::default();
        let mut rows = Vec::with_capacity(page.users.len());
        for user in &page.users {
            rows.push(self.explained(roster, *user, feature, what, &mut uploads)?);
        }
        Ok(Explanation { selection, page, rows })
    }

    fn explained(
        &self,
        roster: &Roster,
        user: u32,
        feature: &str,
        what: &What,
        uploads: &mut Uploads,
    ) -> Result<ExplainedUser, StoreError> {
        let shown = roster.user(user, Some(feature));
        let place = match what {
            What::Customer(customer) => {
                shown.places.iter().find(|place| place.customer_id == customer.as_deref())
            }
            _ => shown.places.first(),
        };
        let facts = roster.facts_of(user, feature, what);
        let mut first: Option<(String, String)> = None;
        for seen in facts.iter().flat_map(|fact| &fact.seen) {
            let Some(found) = self.sight(seen.0, seen.1, uploads)? else { continue };
            if first.as_ref().is_none_or(|first| found < *first) {
                first = Some(found);
            }
        }
        let (rank, upload_id) = first.unwrap_or_default();
        let free = match what {
            What::Total => shown.free,
            What::Source(_) => shown.flagged || facts.iter().all(|fact| fact.free),
            What::Customer(_) => place.is_some_and(|place| place.free),
        };
        let sources = facts.iter().map(|fact| {
            let source = fact.source;
            (source.kind.to_owned(), source.id.to_owned(), source.name.to_owned())
        });
        Ok(ExplainedUser {
            user: shown.key.to_owned(),
            name: shown.name.to_owned(),
            customer_id: place.and_then(|place| place.customer_id).map(str::to_owned),
            customer: place.and_then(|place| place.customer).map(str::to_owned),
            via: place.and_then(|place| place.via),
            sources: sources.collect(),
            first_seen: rank.get(..20).unwrap_or_default().to_owned(),
            upload_id,
            free,
        })
    }

    /// Rank and upload of the payload that showed a user on a list first.
    fn sight(
        &self,
        list: i64,
        user: u32,
        uploads: &mut Uploads,
    ) -> Result<Option<(String, String)>, StoreError> {
        let mut fact = self.db.prepare_cached("SELECT payload FROM usage WHERE list = ?1 AND user = ?2")?;
        let payload: Option<i64> = fact.query_row(params![list, user], |row| row.get(0)).optional()?;
        let Some(payload) = payload else { return Ok(None) };
        if let Some(known) = uploads.known.get(&payload) {
            return Ok(known.clone());
        }
        let mut statement = self.db.prepare_cached(
            "SELECT p.rank, substr(u.sha256, 1, 16) FROM payload p JOIN upload u ON u.id = p.upload WHERE p.id = ?1",
        )?;
        let found = statement.query_row([payload], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        uploads.known.insert(payload, found.clone());
        Ok(found)
    }
}

/// What few payloads showed many users.
#[derive(Default)]
struct Uploads {
    known: HashMap<i64, Option<(String, String)>>,
}
