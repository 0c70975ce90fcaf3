//! All users of a month in memory, to be filtered, counted and paged through: the users page, `GET /users`,
//! the explanation of every figure, and what a bulk change would move.
//!
//! A million users take some 80 MB: names in blocks of text, everything else as numbers. Whether
//! somebody belongs to a customer is decided for each set of lists once, not for each user.

use std::collections::HashMap;
use std::sync::Arc;

use super::figures::SourceNames;
use super::{Store, StoreError};
use crate::domain::count::SourceTags;
use crate::domain::period::BillingPeriod;
use crate::domain::precedence::{CustomerNo, Via};
use crate::extension::month::is_closed;

mod bare;
mod counts;
mod facts;
mod filter;
mod history;
mod load;
mod members;
mod moves;
mod page;
mod places;
mod select;
mod suggest;

pub use bare::{BareName, BareNames};
pub use counts::{Counts, SourceCount};
pub use filter::Filter;
pub use history::History;
pub use members::{Seen, SeenAt};
pub use moves::Overlay;
pub use page::{Page, Start};
pub(super) use places::Place;
pub use select::Selection;
pub use suggest::{Reason, Suggestion};

/// The users of one billing period, by key. Cheap to clone.
#[derive(Clone)]
pub struct Roster {
    crowd: Arc<Crowd>,
    names: Arc<SourceNames>,
}

/// One user of the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RosterUser<'a> {
    /// Identity key.
    pub key: &'a str,
    /// Shown spelling.
    pub name: &'a str,
    /// Codes, in their order.
    pub features: Vec<&'a str>,
    pub sources: Vec<RosterSource<'a>>,
    /// Where the user counts, in precedence order, the unlinked row last.
    pub places: Vec<UserPlace<'a>>,
    /// Counted as free over all customers.
    pub free: bool,
    /// Flagged by an operator, other than free because of where the user was seen.
    pub flagged: bool,
    /// Neither `DOMAIN\name` nor `name@domain`.
    pub bare: bool,
    /// A name that arrived scrambled.
    pub scrambled: bool,
    /// Facts of an alias are counted for this user.
    pub aliased: bool,
    /// No fact in an earlier period.
    pub new: bool,
}

impl<'a> RosterUser<'a> {
    /// The first in precedence order; `None` when it is the unlinked row.
    pub fn customer_id(&self) -> Option<&'a str> {
        self.places.first().and_then(|place| place.customer_id)
    }

    pub fn via(&self) -> Option<Via> {
        self.places.first().and_then(|place| place.via)
    }
}

/// A license server or delivery group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterSource<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    pub name: &'a str,
}

/// A row of the report in which a user counts; no customer is the unlinked one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UserPlace<'a> {
    pub customer_id: Option<&'a str>,
    pub customer: Option<&'a str>,
    pub via: Option<Via>,
    pub free: bool,
}

/// What is counted; names of sources stand beside it, since an upload can change them alone.
pub(super) struct Crowd {
    period: BillingPeriod,
    /// All keys behind one another; user `i` ends at `ends[i]`.
    keys: String,
    ends: Vec<u32>,
    /// Shown spellings that differ from the key, each ended by a byte that no UTF-8 has.
    names: Vec<u8>,
    /// Where the spelling begins, `SAME` where it is the key.
    name_at: Vec<u32>,
    /// Row in `user`; a stand-in where a default domain alone names the user.
    ids: Vec<u32>,
    /// Index into `sets`.
    set_of: Vec<u32>,
    /// The user's own customer; 0 for none.
    tags: Vec<u32>,
    marks: Vec<u8>,
    /// Index into `domains`.
    domain_of: Vec<u32>,
    hashes: Vec<u64>,
    domains: Vec<String>,
    sets: Vec<Box<[u32]>>,
    lists: Vec<List>,
    features: Vec<String>,
    sources: Vec<Source>,
    customers: HashMap<CustomerNo, Customer>,
    /// By row of the counted user: the list, and whom it names instead.
    merged: HashMap<u32, Vec<(u32, u32)>>,
    kept: select::Kept,
}

struct List {
    /// Its row in `usage_list`.
    row: i64,
    feature: u32,
    source: u32,
}

struct Source {
    kind: String,
    id: String,
    tags: SourceTags,
}

struct Customer {
    id: String,
    name: String,
}

const SAME: u32 = u32::MAX;
const END: u8 = 0xff;

/// What is known of a user, one bit each.
mod mark {
    pub const FLAGGED: u8 = 1;
    pub const BARE: u8 = 2;
    pub const SCRAMBLED: u8 = 4;
    pub const NEW: u8 = 8;
    pub const ALIASED: u8 = 16;
    /// Stands in no table.
    pub const UNNAMED: u8 = 32;
}

impl Store {
    /// The users of a month, closed or open, as one state of the database has them.
    pub fn roster(&self, period: BillingPeriod) -> Result<Roster, StoreError> {
        let history = History::load(self, period)?;
        Roster::load(self, period, &history)
    }
}

impl Roster {
    /// With what is known of earlier periods, which is read less often.
    pub fn load(store: &Store, period: BillingPeriod, history: &History) -> Result<Self, StoreError> {
        let crowd = Arc::new(Crowd::load(store, period, history)?);
        let names = if is_closed(&store.db, period)? {
            store.frozen_source_names(period)?
        } else {
            store.source_names()?
        };
        Ok(Self { crowd, names: Arc::new(names) })
    }

    pub(super) fn of(crowd: Arc<Crowd>, names: Arc<SourceNames>) -> Self {
        Self { crowd, names }
    }

    pub fn period(&self) -> BillingPeriod {
        self.crowd.period
    }

    /// All users of the month, features taken together.
    pub fn len(&self) -> usize {
        self.crowd.ids.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Position of a key.
    pub fn find(&self, key: &str) -> Option<u32> {
        let at = self.crowd.first_from(key);
        (at < self.len() && self.crowd.key(at) == key).then_some(at as u32)
    }

    pub fn key(&self, user: u32) -> &str {
        self.crowd.key(user as usize)
    }

    /// Everything about one user; with a feature, as that feature counts.
    pub fn user(&self, user: u32, feature: Option<&str>) -> RosterUser<'_> {
        let crowd = &*self.crowd;
        let at = user as usize;
        let only = feature.map(|code| crowd.feature(code).unwrap_or(u32::MAX));
        let lists = || crowd.sets[crowd.set_of[at] as usize].iter().map(|list| &crowd.lists[*list as usize]);
        let mut features: Vec<_> = lists().map(|list| list.feature).collect();
        features.dedup();
        let mut sources: Vec<_> =
            lists().filter(|list| only.is_none_or(|only| only == list.feature)).map(|l| l.source).collect();
        sources.sort_unstable();
        sources.dedup();
        let mut sources: Vec<_> = sources.into_iter().map(|source| self.source(source)).collect();
        sources.sort_by_key(|source| source.id);
        let has = |bit: u8| crowd.marks[at] & bit != 0;
        RosterUser {
            key: crowd.key(at),
            name: crowd.name(at),
            features: features.into_iter().map(|feature| &*crowd.features[feature as usize]).collect(),
            sources,
            places: crowd.places_of(at, only).iter().map(|place| self.place(place)).collect(),
            free: crowd.is_free(at, only),
            flagged: has(mark::FLAGGED),
            bare: has(mark::BARE),
            scrambled: has(mark::SCRAMBLED),
            aliased: has(mark::ALIASED),
            new: has(mark::NEW),
        }
    }

    /// Name of a customer of the month.
    pub fn customer_name(&self, id: &str) -> Option<&str> {
        self.crowd.customers.values().find(|customer| customer.id == id).map(|customer| &*customer.name)
    }

    /// A license server or delivery group of the month by its id.
    pub fn source_named(&self, id: &str) -> Option<RosterSource<'_>> {
        let at = self.crowd.sources.iter().position(|source| source.id == id)?;
        Some(self.source(at as u32))
    }

    fn source(&self, source: u32) -> RosterSource<'_> {
        let Source { kind, id, .. } = &self.crowd.sources[source as usize];
        RosterSource { kind, id, name: self.names.of(kind, id) }
    }

    fn place(&self, place: &Place) -> UserPlace<'_> {
        let customer = place.customer.and_then(|customer| self.crowd.customers.get(&customer));
        UserPlace {
            customer_id: customer.map(|customer| &*customer.id),
            customer: customer.map(|customer| &*customer.name),
            via: place.via,
            free: place.free,
        }
    }
}

impl Crowd {
    fn key(&self, user: usize) -> &str {
        let start = if user == 0 { 0 } else { self.ends[user - 1] as usize };
        self.keys.get(start..self.ends[user] as usize).unwrap_or_default()
    }

    fn name(&self, user: usize) -> &str {
        match self.name_at[user] {
            SAME => self.key(user),
            start => {
                let rest = self.names.get(start as usize..).unwrap_or_default();
                let end = memchr::memchr(END, rest).unwrap_or(rest.len());
                std::str::from_utf8(&rest[..end]).unwrap_or_default()
            }
        }
    }

    /// Position of the first key that is not smaller.
    fn first_from(&self, key: &str) -> usize {
        let (mut low, mut high) = (0, self.ends.len());
        while low < high {
            let middle = low.midpoint(high);
            if self.key(middle) < key { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn feature(&self, code: &str) -> Option<u32> {
        self.features.iter().position(|feature| feature == code).map(|at| at as u32)
    }

    fn tag(&self, user: usize) -> Option<CustomerNo> {
        CustomerNo::from_row(i64::from(self.tags[user]))
    }
}
