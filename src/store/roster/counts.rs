//! How many of the selected users a further filter would leave.

use std::collections::{BTreeMap, HashMap};

use super::select::{SetView, bit};
use super::{Crowd, Roster, mark};
use crate::domain::precedence::Via;

/// Counts over a selection; lists have the most frequent first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub users: u64,
    /// In the unlinked row of some feature.
    pub unlinked: u64,
    pub free: u64,
    pub several: u64,
    pub bare: u64,
    pub scrambled: u64,
    pub aliased: u64,
    pub new: u64,
    /// Empty for bare names.
    pub domains: Vec<(String, u64)>,
    pub sources: Vec<SourceCount>,
    /// Id and name; users of two customers count at both. The unlinked are not in it.
    pub customers: Vec<(String, String, u64)>,
    pub features: Vec<(String, u64)>,
    /// By what decided: of the customer that the filter names, else of the first place of each user.
    pub vias: Vec<(Option<Via>, u64)>,
}

/// Users of the selection who were seen by a source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceCount {
    pub kind: String,
    pub id: String,
    pub name: String,
    pub users: u64,
}

/// While the pass runs: arrays, by number.
pub(super) struct Tally {
    counts: Counts,
    by_domain: Vec<u64>,
    by_tag: Vec<u64>,
    /// All who stand in the set, and those of them without a tag.
    by_set: Vec<u64>,
    untagged: Vec<u64>,
}

impl Tally {
    pub fn new(crowd: &Crowd) -> Self {
        let tags = crowd.customers.keys().map(|customer| customer.index()).max().map_or(1, |most| most + 1);
        Self {
            counts: Counts::default(),
            by_domain: vec![0; crowd.domains.len()],
            by_tag: vec![0; tags],
            by_set: vec![0; crowd.sets.len()],
            untagged: vec![0; crowd.sets.len()],
        }
    }

    pub fn add(&mut self, crowd: &Crowd, user: usize, view: SetView) {
        let (marks, tag, set) = (crowd.marks[user], crowd.tags[user] as usize, crowd.set_of[user] as usize);
        let one = |is: bool| u64::from(is);
        let untagged = tag == 0;
        let counts = &mut self.counts;
        counts.users += 1;
        counts.unlinked += one(untagged && view.bits & bit::UNLINKED != 0);
        counts.several += one(untagged && view.bits & bit::SEVERAL != 0);
        counts.free += one(view.bits & bit::FREE != 0 || marks & mark::FLAGGED != 0);
        counts.bare += one(marks & mark::BARE != 0);
        counts.scrambled += one(marks & mark::SCRAMBLED != 0);
        counts.aliased += one(marks & mark::ALIASED != 0);
        counts.new += one(marks & mark::NEW != 0);
        self.by_domain[crowd.domain_of[user] as usize] += 1;
        self.by_set[set] += 1;
        self.untagged[set] += one(untagged);
        if let Some(at) = self.by_tag.get_mut(tag) {
            *at += one(!untagged);
        }
    }

    pub fn finish(self, roster: &Roster, views: &[SetView], feature: Option<u32>) -> Counts {
        let crowd = &*roster.crowd;
        let mut counts = self.counts;
        let mut by_source = vec![0; crowd.sources.len()];
        let mut by_feature = vec![0; crowd.features.len()];
        let mut by_customer = self.by_tag;
        let mut vias: BTreeMap<Option<Via>, u64> = BTreeMap::new();
        let tagged: u64 = by_customer.iter().sum();
        vias.insert(Some(Via::User), tagged);
        for (set, users) in self.by_set.iter().enumerate().filter(|(_, users)| **users > 0) {
            let lists = crowd.sets[set].iter().map(|list| &crowd.lists[*list as usize]);
            let mut sources: Vec<_> = lists
                .clone()
                .filter(|list| feature.is_none_or(|only| only == list.feature))
                .map(|list| list.source)
                .collect();
            sources.sort_unstable();
            sources.dedup();
            sources.into_iter().for_each(|source| by_source[source as usize] += users);
            let mut features: Vec<_> = lists.map(|list| list.feature).collect();
            features.dedup();
            features.into_iter().for_each(|feature| by_feature[feature as usize] += users);
            let untagged = self.untagged[set];
            if untagged > 0 {
                *vias.entry(views[set].via).or_default() += untagged;
                let effective = |source: u32| crowd.sources[source as usize].tags.effective;
                for place in crowd.places(set as u32, None, false, feature, effective) {
                    if let Some(at) = place.customer.and_then(|c| by_customer.get_mut(c.index())) {
                        *at += untagged;
                    }
                }
            }
        }
        counts.domains = most(crowd.domains.iter().cloned().zip(self.by_domain), |row| row.1);
        counts.features = most(crowd.features.iter().cloned().zip(by_feature), |row| row.1);
        let sources = by_source.into_iter().enumerate().map(|(at, users)| {
            let source = roster.source(at as u32);
            let (kind, id, name) = (source.kind.to_owned(), source.id.to_owned(), source.name.to_owned());
            SourceCount { kind, id, name, users }
        });
        counts.sources = most(sources, |row| row.users);
        let customers: HashMap<_, _> =
            crowd.customers.iter().map(|(no, found)| (no.index(), found)).collect();
        let customers = by_customer.into_iter().enumerate().filter_map(|(no, users)| {
            customers.get(&no).map(|found| (found.id.clone(), found.name.clone(), users))
        });
        counts.customers = most(customers, |row| row.2);
        vias.retain(|_, users| *users > 0);
        debug_assert_eq!(vias.values().sum::<u64>(), counts.users);
        counts.vias = vias.into_iter().collect();
        counts
    }
}

/// Those above zero, the most frequent first, else as they came.
fn most<T>(rows: impl Iterator<Item = T>, users: impl Fn(&T) -> u64) -> Vec<T> {
    let mut rows: Vec<T> = rows.filter(|row| users(row) > 0).collect();
    rows.sort_by_key(|row| std::cmp::Reverse(users(row)));
    rows
}
