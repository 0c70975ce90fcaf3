//! One page of a selection: from a key on, forwards or backwards, with its place in the whole.

use super::{Roster, RosterUser, Selection};

/// Where a page begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start<'a> {
    First,
    Last,
    /// Behind this key, whether it is still in the list or not.
    After(&'a str),
    /// The page that ends before it.
    Before(&'a str),
}

/// A piece of a list: rows `first` to `last` of `total`, the first row being 1; an empty page has `first` 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    pub first: usize,
    pub last: usize,
    pub total: usize,
    /// Positions in the roster.
    pub users: Vec<u32>,
}

impl Page {
    pub fn has_previous(&self) -> bool {
        self.first > 1
    }

    pub fn has_next(&self) -> bool {
        self.last < self.total
    }
}

impl Roster {
    /// The page of a selection of this roster.
    pub fn page(&self, selection: &Selection, start: Start<'_>, limit: usize) -> Page {
        let users = &selection.users;
        let total = users.len();
        let before = |key: &str| users.partition_point(|user| self.key(*user) < key);
        let (from, to) = match start {
            Start::First => (0, limit),
            // The last page begins where paging forwards would have it begin.
            Start::Last => ((total.saturating_sub(1)) / limit.max(1) * limit, total),
            Start::After(key) => {
                let at = before(key);
                let from = at + usize::from(users.get(at).is_some_and(|user| self.key(*user) == key));
                (from, from + limit)
            }
            Start::Before(key) => (before(key).saturating_sub(limit), before(key)),
        };
        let (from, to) = (from.min(total), to.min(total));
        let first = if from < to { from + 1 } else { 0 };
        Page { first, last: to, total, users: users[from..to].to_vec() }
    }

    /// The users of a page, as the selection's feature counts them.
    pub fn users<'a>(
        &'a self,
        selection: &'a Selection,
        page: &'a Page,
    ) -> impl Iterator<Item = RosterUser<'a>> {
        page.users.iter().map(|user| self.user(*user, selection.feature.as_deref()))
    }
}
