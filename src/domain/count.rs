//! The count: distinct users per customer, paid and free, from one pass over the facts of a feature.
//!
//! Users are dense numbers (their rows), so that what is known of a user stands in an array: a
//! million facts cost a few milliseconds here, and the reading of them is what takes the time.

use std::collections::BTreeMap;

use super::precedence::{CustomerNo, Effective};

/// Users of one row of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    pub users: u64,
    pub free_users: u64,
}

impl Figures {
    /// `paid_users = users - free_users` [D]
    pub fn paid_users(self) -> u64 {
        self.users - self.free_users
    }

    /// One more user.
    pub fn add(&mut self, free: bool) {
        self.users += 1;
        self.free_users += u64::from(free);
    }
}

/// The figures of one feature in one billing period.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeatureFigures {
    /// By customer, `None` for the unlinked row; rows without users are left out.
    pub rows: BTreeMap<Option<CustomerNo>, Figures>,
    pub total: Figures,
    /// Sum of all rows minus the total: users who work for several customers.
    pub overlap: u64,
}

/// What people decided about users, in effect for one billing period.
#[derive(Clone, Debug, Default)]
pub struct UserTags {
    /// By user: the customer's number, and [`FREE`] for a free flag.
    words: Vec<u32>,
}

const FREE: u32 = 1 << 31;

impl UserTags {
    /// For users numbered below `users`; tags of others are kept too, at the cost of growing.
    pub fn new(users: usize) -> Self {
        Self { words: vec![0; users] }
    }

    #[inline]
    pub fn set_customer(&mut self, user: u32, customer: Option<CustomerNo>) {
        let word = self.word_mut(user);
        *word = *word & FREE | customer.map_or(0, |customer| customer.0.get());
    }

    #[inline]
    pub fn set_free(&mut self, user: u32, free: bool) {
        let word = self.word_mut(user);
        *word = *word & !FREE | if free { FREE } else { 0 };
    }

    #[inline]
    pub fn customer(&self, user: u32) -> Option<CustomerNo> {
        CustomerNo::from_row(i64::from(self.word(user) & !FREE))
    }

    #[inline]
    pub fn is_free(&self, user: u32) -> bool {
        self.word(user) & FREE != 0
    }

    #[inline]
    fn word(&self, user: u32) -> u32 {
        self.words.get(user as usize).copied().unwrap_or(0)
    }

    #[inline]
    fn word_mut(&mut self, user: u32) -> &mut u32 {
        let index = user as usize;
        if index >= self.words.len() {
            self.words.resize(index + 1, 0);
        }
        &mut self.words[index]
    }
}

/// What is known of the source of facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceTags {
    pub effective: Option<Effective>,
    /// A free license server: all users are free there [D].
    pub free: bool,
}

/// Counts one feature after the other.
pub struct Count<'a> {
    tags: &'a UserTags,
    /// By user with a tag of its own: what was seen so far of this feature.
    seen: Vec<u8>,
    /// By customer number; 0 is not used.
    by_customer: Vec<Figures>,
    tagged: Figures,
    /// Facts of users without a tag of their own: these can belong to several customers.
    untagged: Vec<Untagged>,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Untagged {
    user: u32,
    customer: Option<CustomerNo>,
    free: bool,
}

const UNSEEN: u8 = 0;
/// Seen on free license servers only, without a flag: paid as soon as another source shows up.
const FREE_SO_FAR: u8 = 1;
const SETTLED: u8 = 2;

impl<'a> Count<'a> {
    pub fn new(tags: &'a UserTags) -> Self {
        Self {
            tags,
            seen: vec![UNSEEN; tags.words.len()],
            by_customer: Vec::new(),
            tagged: Figures::default(),
            untagged: Vec::new(),
        }
    }

    /// One fact. The same one may be added again.
    #[inline]
    pub fn add(&mut self, user: u32, source: SourceTags) {
        let word = self.tags.word(user);
        let customer = (word & !FREE) as usize;
        if customer == 0 {
            self.untagged.push(Untagged {
                user,
                customer: source.effective.map(|effective| effective.customer),
                free: source.free,
            });
            return;
        }
        let seen = &mut self.seen[user as usize];
        if *seen == SETTLED || (*seen == FREE_SO_FAR && source.free) {
            return;
        }
        if customer >= self.by_customer.len() {
            self.by_customer.resize(customer + 1, Figures::default());
        }
        let row = &mut self.by_customer[customer];
        let flagged = word & FREE != 0;
        if *seen == FREE_SO_FAR {
            row.free_users -= 1;
            self.tagged.free_users -= 1;
        } else {
            row.add(flagged || source.free);
            self.tagged.add(flagged || source.free);
        }
        *seen = if source.free && !flagged { FREE_SO_FAR } else { SETTLED };
    }

    /// The figures of the facts added since the last call; begins the next feature.
    pub fn finish(&mut self) -> FeatureFigures {
        let mut figures = FeatureFigures { total: self.tagged, ..FeatureFigures::default() };
        for (number, row) in self.by_customer.iter().enumerate().filter(|(_, row)| row.users > 0) {
            figures.rows.insert(CustomerNo::from_row(number as i64), *row);
        }
        self.untagged.sort(); // stable: lists come in sorted runs, which it only merges
        for facts in self.untagged.chunk_by(|a, b| a.user == b.user) {
            let flagged = self.tags.is_free(facts[0].user);
            figures.total.add(flagged || facts.iter().all(|fact| fact.free));
            // Unlinked facts sort first; they count only where no other fact is linked.
            let linked = facts.iter().position(|fact| fact.customer.is_some()).unwrap_or(0);
            for at_one in facts[linked..].chunk_by(|a, b| a.customer == b.customer) {
                let row = figures.rows.entry(at_one[0].customer).or_default();
                row.add(flagged || at_one.iter().all(|fact| fact.free));
            }
        }
        figures.overlap = figures.rows.values().map(|row| row.users).sum::<u64>() - figures.total.users;
        self.seen.fill(UNSEEN);
        self.by_customer.clear();
        self.tagged = Figures::default();
        self.untagged.clear();
        figures
    }
}

#[cfg(test)]
mod tests;
