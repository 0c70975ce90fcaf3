//! In which rows of the report a user counts: decided by the set of lists and the user's own tag.

use super::{Crowd, mark};
use crate::domain::precedence::{CustomerNo, Effective, Via, of_fact};

/// A row of the report; no customer is the unlinked one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub customer: Option<CustomerNo>,
    pub via: Option<Via>,
    pub free: bool,
}

impl Crowd {
    /// By precedence, the unlinked row last.
    pub fn places_of(&self, user: usize, only: Option<u32>) -> Vec<Place> {
        let flagged = self.marks[user] & mark::FLAGGED != 0;
        let effective = |source: u32| self.sources[source as usize].tags.effective;
        self.places(self.set_of[user], self.tag(user), flagged, only, effective)
    }

    /// The same of anyone who stands in the set. Each feature counts by itself: who is linked in one and not
    /// in another stands in both rows. `effective` tells whom a source belongs to.
    pub fn places(
        &self,
        set: u32,
        tag: Option<CustomerNo>,
        flagged: bool,
        only: Option<u32>,
        effective: impl Fn(u32) -> Option<Effective>,
    ) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        let lists = &self.sets[set as usize];
        // Lists are numbered by feature.
        for lists in lists.chunk_by(|a, b| self.feature_of(*a) == self.feature_of(*b)) {
            if only.is_some_and(|only| only != self.feature_of(lists[0])) {
                continue;
            }
            let source = |list: &u32| self.lists[*list as usize].source;
            let found = |list: &u32| of_fact(tag, effective(source(list)));
            let linked = lists.iter().any(|list| found(list).is_some());
            for list in lists {
                let fact = found(list);
                if fact.is_none() && linked {
                    continue;
                }
                let free = flagged || self.sources[source(list) as usize].tags.free;
                let (customer, via) = (fact.map(|fact| fact.customer), fact.map(|fact| fact.via));
                match places.iter_mut().find(|place| place.customer == customer) {
                    Some(place) => {
                        place.via = place.via.min(via);
                        place.free &= free;
                    }
                    None => places.push(Place { customer, via, free }),
                }
            }
        }
        places.sort_by_key(|place| (place.customer.is_none(), place.via, place.customer));
        places
    }

    /// Flagged, or seen on free license servers only.
    pub fn is_free(&self, user: usize, only: Option<u32>) -> bool {
        self.marks[user] & mark::FLAGGED != 0 || self.is_set_free(self.set_of[user], only)
    }

    pub fn is_set_free(&self, set: u32, only: Option<u32>) -> bool {
        self.sets[set as usize]
            .iter()
            .filter(|list| only.is_none_or(|only| only == self.feature_of(**list)))
            .all(|list| self.sources[self.lists[*list as usize].source as usize].tags.free)
    }

    pub fn feature_of(&self, list: u32) -> u32 {
        self.lists[list as usize].feature
    }
}
