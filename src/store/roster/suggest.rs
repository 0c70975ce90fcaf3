//! Users of a month who may be one person: equal local parts under different domains. Shown, never linked by guess.

use std::cmp::Reverse;

use twox_hash::XxHash3_128;

use super::load::domain_of;
use super::{Crowd, Roster, mark};
use crate::domain::clear_names::local_part;

/// Two users of which one may be the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion<'a> {
    /// Who would count as `of`, by key and shown spelling.
    pub user: (&'a str, &'a str),
    pub of: (&'a str, &'a str),
    /// Why, the strongest reason first.
    pub reasons: Vec<Reason>,
}

/// What speaks for it, beside the equal local part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `CORP\anna` and `anna@corp.example`.
    Domain,
    /// Both count for one customer.
    Customer,
    /// One name has no domain.
    Bare,
    /// One has the form `DOMAIN\name`, the other `name@domain`.
    Forms,
}

impl Reason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Domain => "same-domain",
            Self::Customer => "same-customer",
            Self::Bare => "bare-name",
            Self::Forms => "two-forms",
        }
    }

    fn weight(self) -> u32 {
        match self {
            Self::Domain => 8,
            Self::Customer => 4,
            Self::Forms => 2,
            Self::Bare => 1,
        }
    }
}

/// One local part with more users belongs to many people: `info`, `scan`.
const MOST: usize = 5;
/// Names that every organization has: equal ones say nothing.
const GENERIC: [&str; 22] = [
    "admin",
    "administrator",
    "backup",
    "citrix",
    "demo",
    "gast",
    "guest",
    "helpdesk",
    "info",
    "kiosk",
    "office",
    "operator",
    "root",
    "scan",
    "scanner",
    "service",
    "setup",
    "support",
    "system",
    "test",
    "training",
    "user",
];

/// Positions of both, and what speaks for it.
#[derive(Clone, Copy)]
struct Pair {
    user: u32,
    of: u32,
    weight: u32,
}

impl Roster {
    /// The most plausible first, then by key; at most `limit`, and how many there are in all.
    pub fn suggestions(&self, limit: usize) -> (Vec<Suggestion<'_>>, usize) {
        let crowd = &*self.crowd;
        let mut pairs = crowd.pairs();
        pairs.sort_unstable_by_key(|pair| (Reverse(pair.weight), pair.user));
        let shown = pairs.iter().take(limit).map(|pair| self.suggestion(*pair)).collect();
        (shown, pairs.len())
    }

    /// Those that the user is part of.
    pub fn suggestions_for(&self, key: &str) -> Vec<Suggestion<'_>> {
        let Some(at) = self.find(key) else { return Vec::new() };
        let crowd = &*self.crowd;
        let local = local_part(key);
        let mut group = Vec::new();
        crowd.each_containing(local, |other| {
            if local_part(crowd.key(other)) == local && crowd.marks[other] & mark::SCRAMBLED == 0 {
                group.push(other as u32);
            }
        });
        let pairs = crowd.paired(group);
        pairs
            .into_iter()
            .filter(|pair| pair.user == at || pair.of == at)
            .map(|pair| self.suggestion(pair))
            .collect()
    }

    fn suggestion(&self, pair: Pair) -> Suggestion<'_> {
        let crowd = &*self.crowd;
        let named = |user: u32| (crowd.key(user as usize), crowd.name(user as usize));
        let mut reasons = crowd.reasons(pair.user, pair.of);
        reasons.sort_by_key(|reason| Reverse(reason.weight()));
        Suggestion { user: named(pair.user), of: named(pair.of), reasons }
    }
}

impl Crowd {
    fn pairs(&self) -> Vec<Pair> {
        // By hash, since a million texts would be a million look-ups into the keys for each comparison.
        let mut parts: Vec<(u64, u32)> = (0..self.ids.len() as u32)
            .filter(|user| self.marks[*user as usize] & mark::SCRAMBLED == 0)
            .map(|user| (hash(local_part(self.key(user as usize))), user))
            .collect();
        parts.sort_unstable();
        let groups = parts.chunk_by(|a, b| a.0 == b.0).filter(|group| (2..=MOST).contains(&group.len()));
        groups.flat_map(|group| self.paired(group.iter().map(|(_, user)| *user).collect())).collect()
    }

    /// All of the group against the one who would count.
    fn paired(&self, group: Vec<u32>) -> Vec<Pair> {
        let Some(first) = group.first() else { return Vec::new() };
        let local = local_part(self.key(*first as usize));
        if !(2..=MOST).contains(&group.len()) || local.chars().count() < 3 || GENERIC.contains(&local) {
            return Vec::new();
        }
        let Some(of) = group.iter().copied().max_by_key(|user| self.standing(*user)) else {
            return Vec::new();
        };
        let mut pairs = Vec::new();
        for user in group {
            // Who is named by others cannot count as someone else.
            let is_named = self.marks[user as usize] & mark::ALIASED != 0;
            if user == of || is_named || local_part(self.key(user as usize)) != local {
                continue;
            }
            let reasons = self.reasons(user, of);
            // Two domains that have nothing to do with each other are two organizations with an anna each.
            if reasons.iter().any(|reason| *reason != Reason::Customer) {
                pairs.push(Pair { user, of, weight: reasons.into_iter().map(Reason::weight).sum() });
            }
        }
        pairs
    }

    /// Who of several counts: one whom others name already, then one with a domain, with a tag, of the form
    /// `name@domain`, seen by more lists.
    fn standing(&self, user: u32) -> (bool, bool, bool, bool, usize, Reverse<u32>) {
        let at = user as usize;
        let has = |bit: u8| self.marks[at] & bit != 0;
        let lists = self.sets[self.set_of[at] as usize].len();
        let is_address = !self.key(at).contains('\\');
        (has(mark::ALIASED), !has(mark::BARE), self.tags[at] != 0, is_address, lists, Reverse(user))
    }

    fn reasons(&self, user: u32, of: u32) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let (a, b) = (self.key(user as usize), self.key(of as usize));
        let (first, second) = (domain_of(a), domain_of(b));
        if first.is_empty() || second.is_empty() {
            reasons.push(Reason::Bare);
        } else {
            let label = |domain: &str| domain.split('.').next().unwrap_or_default().to_owned();
            if label(first) == label(second) {
                reasons.push(Reason::Domain);
            }
            if a.contains('\\') != b.contains('\\') {
                reasons.push(Reason::Forms);
            }
        }
        let customer =
            |user: u32| self.places_of(user as usize, None).first().and_then(|place| place.customer);
        if customer(user).is_some_and(|at| Some(at) == customer(of)) {
            reasons.push(Reason::Customer);
        }
        reasons
    }
}

fn hash(text: &str) -> u64 {
    XxHash3_128::oneshot(text.as_bytes()) as u64
}
