//! Which users would move between the rows of the report, were some tags others.

use std::collections::{BTreeMap, HashMap};

use super::{Crowd, Roster, mark};
use crate::domain::precedence::{CustomerNo, Effective, Via};
use crate::store::assignments::Move;

/// Tags that replace those of the month, by what they are about.
#[derive(Clone, Debug, Default)]
pub struct Overlay {
    /// Positions of users in the roster, ascending.
    pub users: Vec<u32>,
    /// Ids of license servers, sites and delivery groups by kind.
    pub license_servers: Vec<String>,
    pub delivery_groups: Vec<String>,
    /// Delivery groups of a site that is tagged.
    pub of_sites: Vec<String>,
    /// The customer of all of them, by id.
    pub customer: Option<String>,
}

impl Roster {
    /// What the tags would move. Users of several features that move alike are counted once.
    pub fn moves(&self, overlay: &Overlay) -> Vec<Move> {
        let crowd = &*self.crowd;
        let customer = overlay.customer.as_deref().and_then(|id| {
            crowd.customers.iter().find(|(_, customer)| customer.id == id).map(|(number, _)| *number)
        });
        let after = crowd.effective_with(overlay, customer);
        let mut changed = vec![false; crowd.ids.len()];
        overlay.users.iter().for_each(|user| changed[*user as usize] = true);
        let touched: Vec<bool> = crowd.touched(&after);
        // Users in one set with one tag, before and after, move alike.
        let mut alike: HashMap<(u32, u32, bool), u64> = HashMap::new();
        for (at, changed) in changed.iter().enumerate() {
            let set = crowd.set_of[at];
            if *changed || (touched[set as usize] && crowd.tags[at] == 0) {
                *alike.entry((set, crowd.tags[at], *changed)).or_default() += 1;
            }
        }
        let mut moves: BTreeMap<(Row<'_>, Row<'_>), u64> = BTreeMap::new();
        for ((set, tag, changed), users) in alike {
            let tag = CustomerNo::from_row(i64::from(tag));
            let now = |source: u32| crowd.sources[source as usize].tags.effective;
            let then = |source: u32| after[source as usize];
            let was = crowd.rows(crowd.places(set, tag, false, None, now));
            let is = crowd.rows(crowd.places(set, if changed { customer } else { tag }, false, None, then));
            let mut left = was.iter().filter(|row| !is.contains(row));
            let mut joined = is.iter().filter(|row| !was.contains(row));
            loop {
                let (from, to) = match (left.next(), joined.next()) {
                    (None, None) => break,
                    (from, to) => (from.copied(), to.copied()),
                };
                *moves.entry((from, to)).or_default() += users;
            }
        }
        let owned = |row: Row<'_>| row.map(|customer| customer.map(str::to_owned));
        moves
            .into_iter()
            .map(|((from, to), users)| Move { from: owned(from), to: owned(to), users })
            .collect()
    }

    /// Row of a user in the table; `None` for one who stands in none.
    pub(in crate::store) fn row_of(&self, user: u32) -> Option<u32> {
        let at = user as usize;
        (self.crowd.marks[at] & mark::UNNAMED == 0).then(|| self.crowd.ids[at])
    }
}

/// Outer `None`: no row at all.
type Row<'a> = Option<Option<&'a str>>;

impl Crowd {
    /// Ids of customers in their order, the unlinked row first.
    fn rows(&self, places: Vec<super::Place>) -> Vec<Option<&str>> {
        let id = |customer: CustomerNo| self.customers.get(&customer).map(|customer| &*customer.id);
        let mut rows: Vec<_> = places.into_iter().map(|place| place.customer.and_then(id)).collect();
        rows.sort_unstable();
        rows
    }

    fn effective_with(&self, overlay: &Overlay, customer: Option<CustomerNo>) -> Vec<Option<Effective>> {
        let with = |via: Via| customer.map(|customer| Effective { customer, via });
        let has = |ids: &[String], id: &str| ids.iter().any(|known| known == id);
        let sources = self.sources.iter().map(|source| {
            let now = source.tags.effective;
            match source.kind.as_str() {
                "license-server" if has(&overlay.license_servers, &source.id) => with(Via::LicenseServer),
                "delivery-group" if has(&overlay.delivery_groups, &source.id) => {
                    // A site's tag stays beneath it: cleared, the group falls back on that.
                    with(Via::DeliveryGroup).or(now.filter(|now| now.via == Via::Site))
                }
                "delivery-group" if has(&overlay.of_sites, &source.id) => {
                    now.filter(|now| now.via == Via::DeliveryGroup).or(with(Via::Site))
                }
                _ => now,
            }
        });
        sources.collect()
    }

    /// By set: whether one of its sources belongs to someone else now.
    fn touched(&self, after: &[Option<Effective>]) -> Vec<bool> {
        let source = |list: &u32| self.lists[*list as usize].source as usize;
        let moved = |list: &u32| self.sources[source(list)].tags.effective != after[source(list)];
        self.sets.iter().map(|set| set.iter().any(moved)).collect()
    }
}
