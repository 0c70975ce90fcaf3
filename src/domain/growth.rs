//! Growth between two months of a range: which two are held against each other, and who grew most.

use std::cmp::Ordering;

use super::period::BillingPeriod;
use super::user_key::user_key;

/// The months that growth is taken between: the first and the last with usage. A month that is still running has
/// seen only a part of its users, so it stands aside where an earlier one is there [R].
///
/// `used` are the months with usage, in their order. `None` where there are no two of them.
pub fn ends(used: &[BillingPeriod], running: BillingPeriod) -> Option<(BillingPeriod, BillingPeriod)> {
    let first = *used.first()?;
    let is_over = |month: &&BillingPeriod| **month < running;
    let last = used.iter().rev().find(is_over).filter(|month| **month > first).or(used.last())?;
    (*last > first).then_some((first, *last))
}

/// One row of a ranking: users of the first and of the last month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Growth<K> {
    /// Tells rows of one name apart.
    pub key: K,
    pub name: String,
    pub first: u64,
    pub last: u64,
}

/// A change against what was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relative {
    /// From nothing: no share of it can be told.
    New,
    /// In tenths of a percent, the half away from zero.
    PerMille(i64),
}

/// What a ranking goes by; the greatest first unless it is turned round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Change,
    Relative,
}

impl<K> Growth<K> {
    pub fn change(&self) -> i64 {
        signed(self.last) - signed(self.first)
    }

    pub fn relative(&self) -> Relative {
        match self.first {
            0 if self.last > 0 => Relative::New,
            0 => Relative::PerMille(0),
            first => {
                let (change, first) = (i128::from(self.change()) * 1000, i128::from(first));
                let half = if change < 0 { -first } else { first };
                Relative::PerMille(i64::try_from((2 * change + half) / (2 * first)).unwrap_or(i64::MAX))
            }
        }
    }

    /// The exact order of shares; what is new stands above every share.
    fn relative_order(&self, other: &Self) -> Ordering {
        let share = |growth: &Self| (i128::from(growth.change()), i128::from(growth.first));
        let ((own, own_first), (others, others_first)) = (share(self), share(other));
        match (self.relative(), other.relative()) {
            (Relative::New, Relative::New) => Ordering::Equal,
            (Relative::New, _) => Ordering::Greater,
            (_, Relative::New) => Ordering::Less,
            // Of nothing that stayed nothing the share is 0.
            _ => (own * others_first.max(1)).cmp(&(others * own_first.max(1))),
        }
    }
}

/// Rows with users in either month, in their order: equal ones by the other measure, then by name and key, whichever
/// way round the ranking stands.
pub fn rank<K: Ord>(mut rows: Vec<Growth<K>>, by: By, is_falling: bool) -> Vec<Growth<K>> {
    rows.retain(|row| row.first + row.last > 0);
    let turned = |order: Ordering| if is_falling { order.reverse() } else { order };
    rows.sort_by(|a, b| {
        let (change, relative) = (a.change().cmp(&b.change()), a.relative_order(b));
        let (own, other) = match by {
            By::Change => (change, relative),
            By::Relative => (relative, change),
        };
        turned(own.then(other))
            .then_with(|| user_key(&a.name).cmp(&user_key(&b.name)))
            .then_with(|| a.key.cmp(&b.key))
    });
    rows
}

fn signed(users: u64) -> i64 {
    i64::try_from(users).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn months(list: &[&str]) -> Vec<BillingPeriod> {
        list.iter().map(|month| month.parse().unwrap()).collect()
    }

    fn row(name: &str, first: u64, last: u64) -> Growth<usize> {
        Growth { key: 0, name: name.to_owned(), first, last }
    }

    fn names(rows: &[Growth<usize>]) -> Vec<&str> {
        rows.iter().map(|row| row.name.as_str()).collect()
    }

    #[test]
    fn a_running_month_stands_aside_unless_it_is_the_only_other_one() {
        let between = |list: &[&str]| {
            let running = "2026-10".parse().unwrap();
            ends(&months(list), running).map(|(first, last)| format!("{first} {last}"))
        };
        assert_eq!(between(&["2026-07", "2026-08", "2026-10"]).as_deref(), Some("2026-07 2026-08"));
        assert_eq!(between(&["2026-09", "2026-10"]).as_deref(), Some("2026-09 2026-10"));
        assert_eq!(between(&["2026-10"]), None);
        assert_eq!(between(&["2026-08"]), None);
        assert_eq!(between(&[]), None);
    }

    #[test]
    fn from_nothing_is_new_and_never_a_share() {
        assert_eq!(row("a", 0, 7).relative(), Relative::New);
        assert_eq!(row("a", 0, 0).relative(), Relative::PerMille(0));
        assert_eq!(row("a", 7, 0).relative(), Relative::PerMille(-1000));
        assert_eq!(row("a", 3, 4).relative(), Relative::PerMille(333));
        assert_eq!(row("a", 3, 5).relative(), Relative::PerMille(667));
        assert_eq!(row("a", 2000, 1999).relative(), Relative::PerMille(-1), "the half away from zero");
        assert_eq!(row("a", 1, u64::MAX).relative(), Relative::PerMille(i64::MAX));
    }

    #[test]
    fn the_greatest_change_stands_first_and_equal_ones_by_name() {
        let rows = || {
            vec![
                row("beta", 10, 20),
                row("Acme", 10, 20),
                row("cobalt", 0, 5),
                row("delta", 9, 2),
                row("x", 0, 0),
            ]
        };
        assert_eq!(names(&rank(rows(), By::Change, true)), ["Acme", "beta", "cobalt", "delta"]);
        assert_eq!(names(&rank(rows(), By::Change, false)), ["delta", "cobalt", "Acme", "beta"]);
        assert_eq!(names(&rank(rows(), By::Relative, true)), ["cobalt", "Acme", "beta", "delta"]);
    }

    proptest! {
        #[test]
        fn a_ranking_keeps_every_change_and_does_not_depend_on_the_order_of_its_rows(
            users in prop::collection::vec((0u64..40, 0u64..40), 0..20),
            by_relative: bool, is_falling: bool, turn in 0usize..20,
        ) {
            let by = if by_relative { By::Relative } else { By::Change };
            let named = |(key, (first, last)): (usize, &(u64, u64))| Growth { key, ..row(&format!("c{}", key / 2), *first, *last) };
            let mut rows: Vec<_> = users.iter().enumerate().map(named).collect();
            let ranked = rank(rows.clone(), by, is_falling);
            let sum = |rows: &[Growth<usize>]| rows.iter().map(Growth::change).sum::<i64>();
            prop_assert_eq!(sum(&rows), sum(&ranked));
            let turn = turn.min(rows.len());
            rows.rotate_left(turn);
            prop_assert_eq!(&rank(rows, by, is_falling), &ranked);
            for pair in ranked.windows(2) {
                let order = match by {
                    By::Change => pair[0].change().cmp(&pair[1].change()),
                    By::Relative => pair[0].relative_order(&pair[1]),
                };
                let wrong = if is_falling { Ordering::Less } else { Ordering::Greater };
                prop_assert_ne!(order, wrong);
            }
        }
    }
}
