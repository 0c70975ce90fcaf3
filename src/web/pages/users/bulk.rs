//! The bulk bar: which users, and what is to become of them. It posts to `/assign/preview`.

use crate::domain::user_key::user_key;
use crate::store::Store;
use crate::store::roster::{Filter, Selection};
use crate::web::fault::Fault;
use crate::web::pairs::Pairs;
use crate::web::show::{self, UserName};

/// Above this many customers a field to type into is quicker than a list to choose from.
const CHOSEN: usize = 60;
/// Above this many even the suggestions would fill the page.
const SUGGESTED: usize = 300;

/// Customers that take tags, as forms offer them.
pub struct Customers {
    /// Id and name, by name.
    pub open: Vec<(String, String)>,
    archived: Vec<(String, String)>,
}

impl Customers {
    pub fn of(store: &Store) -> Result<Self, Fault> {
        let (archived, open): (Vec<_>, Vec<_>) =
            store.list_customers()?.into_iter().partition(|customer| customer.archived_at.is_some());
        let pairs = |customers: Vec<crate::store::customers::Customer>| {
            customers.into_iter().map(|customer| (customer.id, customer.name)).collect()
        };
        Ok(Self { open: pairs(open), archived: pairs(archived) })
    }

    /// Of archived ones too.
    pub fn name(&self, id: &str) -> Option<String> {
        let mut all = self.open.iter().chain(&self.archived);
        all.find(|(other, _)| other == id).map(|(_, name)| name.clone())
    }

    /// Archived ones behind the others.
    pub fn all(&self) -> impl Iterator<Item = &(String, String)> {
        self.open.iter().chain(&self.archived)
    }

    /// Whether they are few enough for a list.
    pub fn is_list(&self) -> bool {
        self.open.len() <= CHOSEN
    }

    /// Names suggested while one types.
    pub fn suggested(&self) -> &[(String, String)] {
        if self.open.len() <= SUGGESTED { &self.open } else { &[] }
    }
}

pub struct Bulk {
    pub customers: Customers,
    /// The filter, as the form carries it.
    pub filter: String,
    /// All that match.
    pub all: String,
    pub is_filtered: bool,
    /// The most frequent domain among them, and how many it has. Offered where a filter asks for a part, or where all
    /// rows of the page are of it: nobody chooses a domain out of sight.
    pub domain: Option<(String, String)>,
    /// The one source of all of them: kind, id, name.
    pub source: Option<(String, String, String)>,
    /// To come back to.
    pub next: String,
}

impl Bulk {
    pub fn of(
        filter: &Filter,
        selection: &Selection,
        customers: Customers,
        query: &Pairs,
        rows: &[super::Row],
    ) -> Self {
        let counts = &selection.counts;
        let is_filtered = *filter != Filter::default();
        let domain = counts.domains.iter().find(|(domain, _)| !domain.is_empty());
        let source = counts.sources.first().filter(|first| {
            first.users == counts.users && counts.sources.get(1).is_none_or(|next| next.users < counts.users)
        });
        Self {
            customers,
            filter: encoded(filter),
            all: show::figure(counts.users as i64),
            is_filtered,
            domain: domain
                .filter(|(domain, users)| {
                    let is_shown = is_filtered || rows.iter().all(|row| is_of(&row.name, domain));
                    *users < counts.users && is_shown
                })
                .map(|(domain, users)| (domain.to_uppercase(), show::figure(*users as i64))),
            source: source.map(|source| (source.kind.clone(), source.id.clone(), source.name.clone())),
            next: query.with("after", None).with("before", None).with("at", None).href("/users"),
        }
    }
}

fn is_of(name: &UserName, domain: &str) -> bool {
    let own = if name.before.is_empty() {
        name.after.trim_start_matches('@')
    } else {
        name.before.trim_end_matches('\\')
    };
    user_key(own) == domain
}

/// A filter in one field: its own names would collide with those of the form.
pub fn encoded(filter: &Filter) -> String {
    let mut pairs = Pairs::default();
    filter.pairs().into_iter().for_each(|(name, value)| pairs.push(name, value));
    pairs.href("").trim_start_matches('?').to_owned()
}
