//! The users that a filter leaves: found in one pass, stamped, and counted for narrowing further.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use super::counts::Tally;
use super::{Counts, Crowd, Filter, Roster, mark};
use crate::domain::precedence::{CustomerNo, Via};
use crate::domain::user_key::user_key;
use crate::store::figures::SourceNames;

/// Users of a roster, in the order of their keys.
#[derive(Clone, Debug)]
pub struct Selection {
    /// Positions in the roster, ascending.
    pub users: Vec<u32>,
    /// The feature that the filter named.
    pub feature: Option<String>,
    /// Short text that is another one for any other set of users, and the same for the same set, whatever
    /// they are tagged with.
    pub stamp: String,
    pub counts: Counts,
}

impl Selection {
    pub fn total(&self) -> usize {
        self.users.len()
    }
}

/// What is asked of a set of lists, answered once for all who stand in it.
#[derive(Clone, Copy, Default)]
pub(super) struct SetView {
    pub bits: u8,
    /// Of the place that is asked for, or the first, of a user without a tag.
    pub via: Option<Via>,
}

pub(super) mod bit {
    /// Has a list of the feature and source that are asked for.
    pub const IN: u8 = 1;
    /// The next three are of users without a tag of their own.
    pub const UNLINKED: u8 = 2;
    pub const AT: u8 = 4;
    pub const SEVERAL: u8 = 8;
    pub const FREE: u8 = 16;
}

/// A filter with its texts looked up. A text that this month does not know selects nobody.
struct Asked {
    feature: Option<u32>,
    source: Option<Vec<u32>>,
    customer: Option<Option<CustomerNo>>,
    domain: Option<u32>,
    nobody: bool,
}

/// Selections by filter, the latest last.
#[derive(Default)]
pub struct Kept(Mutex<Vec<One>>);

type One = (Filter, Arc<SourceNames>, Arc<Selection>);

/// Selections that are kept, and users in them all together: 16 MB.
const MOST: usize = 24;
const MOST_USERS: usize = 4_000_000;

impl Kept {
    fn get(
        &self,
        filter: &Filter,
        names: &Arc<SourceNames>,
        select: impl FnOnce() -> Selection,
    ) -> Arc<Selection> {
        let kept = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Counts name the sources.
        let is = |one: &One| one.0 == *filter && Arc::ptr_eq(&one.1, names);
        {
            let mut kept = kept();
            if let Some(at) = kept.iter().position(is) {
                let found = kept.remove(at);
                let selection = Arc::clone(&found.2);
                kept.push(found);
                return selection;
            }
        }
        let selection = Arc::new(select());
        let mut kept = kept();
        kept.retain(|one| !is(one));
        kept.push((filter.clone(), Arc::clone(names), Arc::clone(&selection)));
        let users = |kept: &[One]| kept.iter().map(|(.., selection)| selection.total()).sum::<usize>();
        while kept.len() > MOST || (kept.len() > 1 && users(&kept) > MOST_USERS) {
            kept.remove(0);
        }
        selection
    }
}

impl Roster {
    /// By key. Selections of late are kept with the month: a page that is asked again costs no look at each user.
    pub fn select(&self, filter: &Filter) -> Arc<Selection> {
        self.crowd.kept.get(filter, &self.names, || self.selection(filter))
    }

    fn selection(&self, filter: &Filter) -> Selection {
        let crowd = &*self.crowd;
        let asked = Asked::new(crowd, filter);
        let views = if asked.nobody { Vec::new() } else { crowd.views(&asked) };
        let mut users = Vec::new();
        let mut tally = Tally::new(crowd);
        let (mut sum, mut mix) = (0u64, 0u64);
        let mut visit = |at: usize| {
            let view = views[crowd.set_of[at] as usize];
            let (tag, marks) = (crowd.tags[at], crowd.marks[at]);
            if !holds(filter, &asked, view, tag, marks)
                || asked.domain.is_some_and(|domain| domain != crowd.domain_of[at])
            {
                return;
            }
            users.push(at as u32);
            let hash = crowd.hashes[at];
            sum = sum.wrapping_add(hash);
            mix ^= hash.wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(31);
            tally.add(crowd, at, view);
        };
        match filter.q.as_deref().map(user_key) {
            _ if asked.nobody => {}
            None => (0..crowd.ids.len()).for_each(&mut visit),
            Some(part) => crowd.each_containing(&part, &mut visit),
        }
        let mut stamp = format!("{}.{}.", crowd.period, users.len());
        let _ = write!(stamp, "{sum:016x}{mix:016x}");
        let counts = tally.finish(self, &views, asked.feature);
        Selection { users, feature: filter.feature.clone(), stamp, counts }
    }
}

fn holds(filter: &Filter, asked: &Asked, view: SetView, tag: u32, marks: u8) -> bool {
    let has = |bit: u8| view.bits & bit != 0;
    let untagged = tag == 0;
    let unlinked = untagged && has(bit::UNLINKED);
    let is = |wanted: Option<bool>, is: bool| wanted.is_none_or(|wanted| wanted == is);
    let at = match asked.customer {
        None => true,
        Some(_) if untagged => has(bit::AT),
        Some(customer) => customer.is_some_and(|customer| customer.0.get() == tag),
    };
    has(bit::IN)
        && at
        && is(filter.linked, !unlinked)
        && is(filter.free, has(bit::FREE) || marks & mark::FLAGGED != 0)
        && is(filter.several, untagged && has(bit::SEVERAL))
        && is(filter.bare, marks & mark::BARE != 0)
        && is(filter.scrambled, marks & mark::SCRAMBLED != 0)
        && is(filter.aliased, marks & mark::ALIASED != 0)
        && is(filter.new, marks & mark::NEW != 0)
}

impl Asked {
    fn new(crowd: &Crowd, filter: &Filter) -> Self {
        let mut nobody = false;
        let feature = filter.feature.as_deref().and_then(|code| {
            let found = crowd.feature(code);
            nobody |= found.is_none();
            found
        });
        let source = filter.source.as_deref().map(|id| {
            let with_id = |(at, source): (usize, &super::Source)| (source.id == id).then_some(at as u32);
            let found: Vec<u32> = crowd.sources.iter().enumerate().filter_map(with_id).collect();
            nobody |= found.is_empty();
            found
        });
        let customer = filter.customer.as_ref().map(|id| {
            id.as_deref().and_then(|id| {
                let found = crowd.customers.iter().find(|(_, customer)| customer.id == id);
                nobody |= found.is_none();
                found.map(|(number, _)| *number)
            })
        });
        let domain = filter.domain.as_deref().and_then(|domain| {
            let domain = user_key(domain);
            let found = crowd.domains.iter().position(|known| *known == domain);
            nobody |= found.is_none();
            found.map(|at| at as u32)
        });
        Self { feature, source, customer, domain, nobody }
    }
}

impl Crowd {
    fn views(&self, asked: &Asked) -> Vec<SetView> {
        (0..self.sets.len() as u32).map(|set| self.view(set, asked)).collect()
    }

    fn view(&self, set: u32, asked: &Asked) -> SetView {
        let mut bits = 0;
        let within = |list: &u32| {
            let list = &self.lists[*list as usize];
            asked.feature.is_none_or(|feature| feature == list.feature)
                && asked.source.as_ref().is_none_or(|sources| sources.contains(&list.source))
        };
        if !self.sets[set as usize].iter().any(within) {
            return SetView::default();
        }
        bits |= bit::IN;
        let effective = |source: u32| self.sources[source as usize].tags.effective;
        let places = self.places(set, None, false, asked.feature, effective);
        if places.iter().any(|place| place.customer.is_none()) {
            bits |= bit::UNLINKED;
        }
        if places.iter().filter(|place| place.customer.is_some()).count() > 1 {
            bits |= bit::SEVERAL;
        }
        let there = match asked.customer {
            None => places.first(),
            Some(customer) => places.iter().find(|place| place.customer == customer),
        };
        if there.is_some() {
            bits |= bit::AT;
        }
        if self.is_set_free(set, asked.feature) {
            bits |= bit::FREE;
        }
        SetView { bits, via: there.and_then(|place| place.via) }
    }

    /// Calls `each` with every user whose key has `part` in it.
    pub(super) fn each_containing(&self, part: &str, mut each: impl FnMut(usize)) {
        let finder = memchr::memmem::Finder::new(part);
        let (mut from, mut user) = (0, 0);
        while let Some(found) = self.keys.as_bytes().get(from..).and_then(|rest| finder.find(rest)) {
            let start = from + found;
            user += self.ends[user..].partition_point(|end| *end as usize <= start);
            let Some(end) = self.ends.get(user).map(|end| *end as usize) else { return };
            // Keys lie behind one another: what begins in one and ends in the next is no match.
            if start + part.len() <= end {
                each(user);
                from = end;
            } else {
                from = start + 1;
            }
        }
    }
}
