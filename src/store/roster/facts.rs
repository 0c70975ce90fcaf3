//! The facts behind one user of one figure, as rows of the tables name them.

use std::collections::{BTreeMap, HashMap};

use super::{Crowd, Roster, RosterSource, Selection, mark};
use crate::domain::precedence::{Via, of_fact};
use crate::store::explain::What;

/// A user on a list.
pub struct Fact<'a> {
    pub source: RosterSource<'a>,
    /// Of a free license server.
    pub free: bool,
    /// Rows of the list, and of the users as they were seen: an alias and its user may both stand there.
    pub seen: Vec<(i64, u32)>,
}

impl Roster {
    /// Those that put the user into the figure, by the ids of their sources.
    pub(in crate::store) fn facts_of(&self, user: u32, feature: &str, what: &What) -> Vec<Fact<'_>> {
        let crowd = &*self.crowd;
        let at = user as usize;
        let merged = crowd.merged.get(&crowd.ids[at]);
        let mut facts: Vec<Fact<'_>> = Vec::new();
        for index in &crowd.sets[crowd.set_of[at] as usize] {
            let list = &crowd.lists[*index as usize];
            let source = &crowd.sources[list.source as usize];
            let customer = of_fact(crowd.tag(at), source.tags.effective)
                .and_then(|found| crowd.customers.get(&found.customer))
                .map(|customer| &customer.id);
            let wanted = match what {
                What::Total => true,
                What::Customer(id) => customer == id.as_ref(),
                What::Source(id) => source.id == *id,
            };
            if !wanted || crowd.features[list.feature as usize] != feature {
                continue;
            }
            let others = merged.into_iter().flatten().filter(|(on, _)| on == index);
            let mut seen: Vec<(i64, u32)> = others.map(|(_, seen)| (list.row, *seen)).collect();
            if crowd.marks[at] & mark::UNNAMED == 0 {
                seen.push((list.row, crowd.ids[at]));
            }
            facts.push(Fact { source: self.source(list.source), free: source.tags.free, seen });
        }
        facts.sort_by_key(|fact| fact.source.id);
        facts
    }

    /// Leaves the free or the paid users of the figure that the selection was made for, and counts them anew:
    /// `users`, `free` and `vias` alone.
    pub(in crate::store) fn keep(&self, selection: &mut Selection, feature: &str, what: &What, free: bool) {
        let crowd = &*self.crowd;
        let only = crowd.feature(feature).unwrap_or(u32::MAX);
        let told = |set: u32, user: usize| {
            let effective = |source: u32| crowd.sources[source as usize].tags.effective;
            let places = crowd.places(set, crowd.tag(user), false, Some(only), effective);
            let place = match what {
                What::Customer(id) => places.into_iter().find(|place| {
                    let customer = place.customer.and_then(|customer| crowd.customers.get(&customer));
                    customer.map(|customer| &customer.id) == id.as_ref()
                }),
                What::Total | What::Source(_) => places.into_iter().next(),
            };
            let is_free = match what {
                What::Total => crowd.is_set_free(set, Some(only)),
                What::Source(id) => crowd.is_free_at(set, only, id),
                What::Customer(_) => place.is_some_and(|place| place.free),
            };
            (is_free, place.and_then(|place| place.via))
        };
        // Decided once for all who stand in the same lists with the same tag.
        let mut known: HashMap<(u32, u32), (bool, Option<Via>)> = HashMap::new();
        let mut vias: BTreeMap<Option<Via>, u64> = BTreeMap::new();
        selection.users.retain(|user| {
            let at = *user as usize;
            let set = crowd.set_of[at];
            let (is_free, via) = *known.entry((set, crowd.tags[at])).or_insert_with(|| told(set, at));
            let kept = (is_free || crowd.marks[at] & mark::FLAGGED != 0) == free;
            if kept {
                *vias.entry(via).or_default() += 1;
            }
            kept
        });
        selection.counts.users = selection.users.len() as u64;
        selection.counts.free = if free { selection.counts.users } else { 0 };
        selection.counts.vias = vias.into_iter().collect();
    }

    /// Users of the selection who are free as this source alone sees them.
    pub(in crate::store) fn free_at_source(&self, selection: &Selection, feature: &str, source: &str) -> u64 {
        let crowd = &*self.crowd;
        let only = crowd.feature(feature).unwrap_or(u32::MAX);
        let free: Vec<bool> =
            (0..crowd.sets.len() as u32).map(|set| crowd.is_free_at(set, only, source)).collect();
        let is_free = |user: &&u32| {
            let at = **user as usize;
            crowd.marks[at] & mark::FLAGGED != 0 || free[crowd.set_of[at] as usize]
        };
        selection.users.iter().filter(is_free).count() as u64
    }
}

impl Crowd {
    /// Whether the source alone, as the set's users stand in its lists of the feature, makes them free.
    fn is_free_at(&self, set: u32, feature: u32, source: &str) -> bool {
        let lists = self.sets[set as usize].iter().map(|list| &self.lists[*list as usize]);
        let mut own =
            lists.filter(|list| list.feature == feature && self.sources[list.source as usize].id == source);
        own.all(|list| self.sources[list.source as usize].tags.free)
    }
}
