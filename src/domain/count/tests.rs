//! The worked example of the books, and the sums that hold for any facts.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::precedence::{Via, of_fact, of_source};

fn customer(number: i64) -> Option<CustomerNo> {
    CustomerNo::from_row(number)
}

#[test]
fn worked_example() {
    let (acme, beta) = (customer(1), customer(2));
    let [anna, ben, carl, dora, erik, fay, gus] = [0, 1, 2, 3, 4, 5, 6];
    let mut tags = UserTags::new(7);
    tags.set_customer(dora, beta);
    tags.set_customer(erik, None);
    tags.set_free(carl, true);
    let source = |effective, free| SourceTags { effective, free };
    let lic01 = source(of_source(None, None, acme), false);
    let lic02 = source(None, false);
    let lic03 = source(None, true);
    let ng1 = source(of_source(beta, None, None), false);
    let ng2 = source(None, false);

    let mut count = Count::new(&tags);
    for (user, seen_on) in [
        (anna, vec![lic01, lic02, ng1]),
        (ben, vec![lic02]),
        (carl, vec![lic01]),
        (dora, vec![lic01, ng2]),
        (erik, vec![lic01]),
        (fay, vec![lic03]),
        (gus, vec![lic03, ng1]),
    ] {
        for source in seen_on {
            count.add(user, source);
        }
    }

    let figures = count.finish();
    let row = |users, free_users| Figures { users, free_users };
    assert_eq!(figures.rows, BTreeMap::from([(acme, row(3, 1)), (beta, row(3, 0)), (None, row(2, 1))]));
    assert_eq!(figures.total, row(7, 2));
    assert_eq!(figures.overlap, 1);
}

#[test]
fn a_tagged_user_of_a_free_server_is_paid_once_seen_elsewhere() {
    let mut tags = UserTags::new(1);
    tags.set_customer(0, customer(1));
    let mut count = Count::new(&tags);
    let free = SourceTags { effective: None, free: true };
    count.add(0, free);
    count.add(0, SourceTags { effective: None, free: false });
    count.add(0, free);
    assert_eq!(count.finish().total, Figures { users: 1, free_users: 0 });
    count.add(0, free);
    assert_eq!(count.finish().total, Figures { users: 1, free_users: 1 }, "a feature starts anew");
}

/// The definitions of the books, word by word, however slow.
fn by_definition(facts: &[(u32, usize)], tags: &UserTags, sources: &[SourceTags]) -> FeatureFigures {
    let effective = |user: u32, source: usize| {
        of_fact(tags.customer(user), sources[source].effective).map(|effective| effective.customer)
    };
    let users: BTreeSet<u32> = facts.iter().map(|fact| fact.0).collect();
    let mut figures = FeatureFigures::default();
    for &user in &users {
        let own: Vec<_> = facts.iter().filter(|fact| fact.0 == user).collect();
        let customers: BTreeSet<_> = own.iter().filter_map(|fact| effective(user, fact.1)).collect();
        let rows: Vec<_> =
            if customers.is_empty() { vec![None] } else { customers.into_iter().map(Some).collect() };
        for row in rows {
            let there = own.iter().filter(|fact| effective(user, fact.1) == row);
            let free = tags.is_free(user) || { there }.all(|fact| sources[fact.1].free);
            figures.rows.entry(row).or_default().add(free);
        }
        figures.total.add(tags.is_free(user) || own.iter().all(|fact| sources[fact.1].free));
    }
    figures.overlap = figures.rows.values().map(|row| row.users).sum::<u64>() - figures.total.users;
    figures
}

prop_compose! {
    fn world()(
        tags in prop::collection::vec((0i64..4, any::<bool>()), 12),
        sources in prop::collection::vec((0i64..4, any::<bool>()), 1..5),
    )(
        facts in prop::collection::vec((0u32..12, 0..sources.len()), 0..60),
        tags in Just(tags),
        sources in Just(sources),
    ) -> (Vec<(u32, usize)>, UserTags, Vec<SourceTags>) {
        let mut users = UserTags::new(tags.len());
        for (user, (number, free)) in tags.into_iter().enumerate() {
            users.set_customer(user as u32, customer(number));
            users.set_free(user as u32, free);
        }
        let sources = sources.into_iter()
            .map(|(number, free)| SourceTags {
                effective: customer(number).map(|customer| Effective { customer, via: Via::LicenseServer }),
                free,
            })
            .collect();
        (facts, users, sources)
    }
}

proptest! {
    #[test]
    fn the_pass_equals_the_definitions((facts, tags, sources) in world()) {
        let mut count = Count::new(&tags);
        for &(user, source) in &facts {
            count.add(user, sources[source]);
        }
        prop_assert_eq!(count.finish(), by_definition(&facts, &tags, &sources));
    }

    #[test]
    fn order_and_repetition_of_facts_do_not_matter(
        (facts, tags, sources) in world(), again in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        let mut count = Count::new(&tags);
        for &(user, source) in &facts {
            count.add(user, sources[source]);
        }
        let once = count.finish();
        for index in again.iter().filter(|_| !facts.is_empty()) {
            let (user, source) = facts[index.index(facts.len())];
            count.add(user, sources[source]);
        }
        for &(user, source) in facts.iter().rev() {
            count.add(user, sources[source]);
        }
        prop_assert_eq!(count.finish(), once);
    }

    #[test]
    fn the_sums_hold((facts, tags, sources) in world()) {
        let mut count = Count::new(&tags);
        for &(user, source) in &facts {
            count.add(user, sources[source]);
        }
        let figures = count.finish();
        let users: BTreeSet<u32> = facts.iter().map(|fact| fact.0).collect();
        prop_assert_eq!(figures.total.users, users.len() as u64);
        prop_assert_eq!(figures.rows.values().map(|row| row.users).sum::<u64>(), figures.total.users + figures.overlap);
        for row in figures.rows.values().chain([&figures.total]) {
            prop_assert_eq!(row.paid_users() + row.free_users, row.users);
            prop_assert!(row.users > 0 || facts.is_empty());
        }
    }
}
