//! Whose users stand where: the sources that put users into each row of the report, and the names of one row.

use std::collections::{BTreeMap, HashMap};

use super::{Roster, RosterUser};
use crate::domain::precedence::{CustomerNo, of_fact};

/// For each row of the report, by the customer's id and `None` for the unlinked one: its sources.
pub type Seen = HashMap<Option<String>, Vec<SeenAt>>;

/// Users of one row of the report with a fact at this source that puts them there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenAt {
    pub feature: String,
    pub kind: String,
    pub id: String,
    pub users: u64,
}

impl Roster {
    /// One pass over the users: those who stand in the same lists with the same tag are decided together.
    pub fn seen(&self) -> Seen {
        let crowd = &*self.crowd;
        let mut groups: HashMap<(u32, u32), u64> = HashMap::new();
        for at in 0..self.len() {
            *groups.entry((crowd.set_of[at], crowd.tags[at])).or_default() += 1;
        }
        let mut counted: BTreeMap<(Option<CustomerNo>, u32), u64> = BTreeMap::new();
        for ((set, tag), users) in groups {
            let tag = CustomerNo::from_row(i64::from(tag));
            let lists = &crowd.sets[set as usize];
            let of = |list: &u32| {
                let source = crowd.lists[*list as usize].source;
                of_fact(tag, crowd.sources[source as usize].tags.effective).map(|found| found.customer)
            };
            for lists in lists.chunk_by(|a, b| crowd.feature_of(*a) == crowd.feature_of(*b)) {
                let is_linked = lists.iter().any(|list| of(list).is_some());
                for list in lists {
                    let customer = of(list);
                    // Unlinked are those without any linked fact of the feature.
                    if customer.is_some() || !is_linked {
                        *counted.entry((customer, *list)).or_default() += users;
                    }
                }
            }
        }
        let mut seen = Seen::new();
        for ((customer, list), users) in counted {
            let list = &crowd.lists[list as usize];
            let source = &crowd.sources[list.source as usize];
            let id = customer.and_then(|customer| crowd.customers.get(&customer)).map(|own| own.id.clone());
            seen.entry(id).or_default().push(SeenAt {
                feature: crowd.features[list.feature as usize].clone(),
                kind: source.kind.clone(),
                id: source.id.clone(),
                users,
            });
        }
        seen
    }

    /// The users of one row of the report, by key; at most so many.
    pub fn members(&self, feature: &str, customer: Option<&str>, most: usize) -> Vec<RosterUser<'_>> {
        let crowd = &*self.crowd;
        let Some(only) = crowd.feature(feature) else { return Vec::new() };
        let number = match customer {
            None => None,
            Some(id) => match crowd.customers.iter().find(|(_, own)| own.id == id) {
                Some((number, _)) => Some(*number),
                None => return Vec::new(),
            },
        };
        let effective = |source: u32| crowd.sources[source as usize].tags.effective;
        // For each set of lists: whether it has the feature, and whether it puts users without a tag into the row.
        let sets: Vec<(bool, bool)> = (0..crowd.sets.len() as u32)
            .map(|set| {
                let places = crowd.places(set, None, false, Some(only), effective);
                (!places.is_empty(), places.iter().any(|place| place.customer == number))
            })
            .collect();
        let is_in = |at: &usize| {
            let (has, puts) = sets[crowd.set_of[*at] as usize];
            match crowd.tag(*at) {
                None => puts,
                tag => has && tag == number,
            }
        };
        let found = (0..self.len()).filter(is_in).take(most);
        found.map(|at| self.user(at as u32, Some(feature))).collect()
    }
}
