//! Filters that narrow a list of users further, each with how many it would leave.

use super::words;
use crate::store::roster::{Filter, Selection, SourceCount};
use crate::web::components::Chip;

/// Domains and sources that stand beside the others; the rest is behind *More*.
const BESIDE: usize = 2;
/// Of each kind behind *More*.
const MORE: usize = 12;

/// What leaves some and not all: the chips beside, and those behind *More* by their heading.
pub fn narrow(
    filter: &Filter,
    selection: &Selection,
    list: &impl Fn(&[(&str, &str)]) -> String,
) -> (Vec<Chip>, Vec<(&'static str, Vec<Chip>)>) {
    let counts = &selection.counts;
    let chip = |name: &'static str, value: &str, label: String, users: u64| {
        if users == 0 || users == counts.users {
            return None;
        }
        let mut pairs: Vec<_> = filter.pairs().into_iter().filter(|(other, _)| *other != name).collect();
        pairs.push((name, value));
        Some(Chip::narrow(label, users as i64, list(&pairs)))
    };
    let is_set = |name: &str| filter.pairs().iter().any(|(other, _)| *other == name);
    let mut domains: Vec<Chip> = Vec::new();
    let mut sources = Vec::new();
    let mut customers = Vec::new();
    let mut features = Vec::new();
    if !is_set("domain") {
        let named = counts.domains.iter().filter(|(domain, _)| !domain.is_empty()).take(MORE + BESIDE);
        domains.extend(named.filter_map(|(domain, users)| {
            chip("domain", domain, format!("Domain {}", domain.to_uppercase()), *users)
        }));
    }
    if !is_set("source") {
        let found = counts.sources.iter().take(MORE + BESIDE);
        sources.extend(found.filter_map(|source| {
            chip(
                "source",
                &source.id,
                format!("Source {}", told_apart(source, &counts.sources)),
                source.users,
            )
        }));
    }
    if !is_set("customer") {
        let found = counts.customers.iter().take(MORE);
        customers.extend(found.filter_map(|(id, name, users)| chip("customer", id, name.clone(), *users)));
    }
    if !is_set("feature") {
        let found = counts.features.iter().take(MORE);
        features
            .extend(found.filter_map(|(code, users)| chip("feature", code, words::feature(code), *users)));
    }
    let mut beside = Vec::new();
    beside.extend(chip("linked", "false", "Unlinked".to_owned(), counts.unlinked));
    let rest = domains.split_off(domains.len().min(BESIDE));
    beside.append(&mut domains);
    let more_sources = sources.split_off(sources.len().min(BESIDE));
    beside.append(&mut sources);
    for (name, label, users) in [
        ("new", "New this month", counts.new),
        ("free", "Free", counts.free),
        ("several", "Several customers", counts.several),
        ("bare", "Bare names", counts.bare),
        ("scrambled", "Scrambled names", counts.scrambled),
        ("aliased", "With alias", counts.aliased),
    ] {
        beside.extend(chip(name, "true", label.to_owned(), users));
    }
    let more = [("Customer", customers), ("Source", more_sources), ("Domain", rest), ("Feature", features)];
    (beside, more.into_iter().filter(|(_, chips)| !chips.is_empty()).collect())
}

/// Its name; with the begin of its id where another has the same.
fn told_apart(source: &SourceCount, all: &[SourceCount]) -> String {
    if all.iter().filter(|other| other.name == source.name).count() < 2 {
        return source.name.clone();
    }
    let id: String = source.id.chars().take(8).collect();
    format!("{} ({id})", source.name)
}
