//! The customers whose users moved by more than a fifth since the month before.

use std::collections::BTreeMap;

use super::{Check, Weight, names};
use crate::store::figures::Figures;
use crate::web::frame::Frame;
use crate::web::pages::usage::differs;
use crate::web::report::{self, number};
use crate::web::show;

/// Customers whose users of a feature moved by more than a fifth.
pub fn moved(frame: &Frame, now: &Figures, then: &Figures) -> Check {
    let what = "Customers that differ by more than 20 %";
    if then.features.is_empty() {
        let note = "There is no month before to hold it against".to_owned();
        return Check {
            weight: Weight::Unknown,
            what,
            figure: "n/a".to_owned(),
            note,
            href: None,
            go: "",
            act: None,
        };
    }
    let mut moved = moved_customers(now, then);
    // The feature with the most of them is named and opened; the others are counted behind it.
    moved.sort_by_key(|(_, rows)| std::cmp::Reverse(rows.len()));
    let label = |code: &str| match now.feature(code) {
        Some(found) => report::label(found, now),
        None => report::name_of(code),
    };
    let rows: usize = moved.iter().map(|(_, rows)| rows.len()).sum();
    let is_several = now.features.len() > 1 || moved.len() > 1;
    let mut note = match moved.first() {
        None => format!("Against {}", show::month(then.period)),
        Some((code, rows)) if is_several => format!("{} in {}: {}", rows.len(), label(code), names(rows)),
        Some((_, rows)) => names(rows),
    };
    for (code, rows) in moved.iter().skip(1) {
        note.push_str(&format!("; {} in {}", rows.len(), label(code)));
    }
    let href = match moved.first() {
        None => frame.link("/usage", &[("sort", "-change")]),
        Some((code, _)) => {
            frame.link("/usage", &[("feature", code), ("sort", "-change"), ("customers", "differing")])
        }
    };
    Check {
        weight: if moved.is_empty() { Weight::InOrder } else { Weight::Look },
        what,
        figure: show::figure(number(rows as u64)),
        note,
        href: Some(href),
        go: "Compare",
        act: None,
    }
}

/// By feature the customers that the usage page marks, in words. A feature that nobody used before has none.
fn moved_customers<'a>(now: &'a Figures, then: &'a Figures) -> Vec<(&'a str, Vec<String>)> {
    let mut moved = Vec::new();
    for before in then.features.iter().filter(|before| before.total.users > 0) {
        let code = before.feature.as_str();
        let after = now.feature(code);
        // By name, as both months have them; a customer of both stands once.
        let mut rows: BTreeMap<(Option<&str>, &str), (u64, u64)> = BTreeMap::new();
        for (at, row) in after
            .into_iter()
            .flat_map(|after| &after.customers)
            .map(|row| (0, row))
            .chain(before.customers.iter().map(|row| (1, row)))
        {
            let Some(id) = row.id.as_deref() else { continue };
            let named = after.and_then(|after| after.customer(Some(id))).unwrap_or(row);
            let entry = rows.entry((named.name.as_deref(), id)).or_default();
            if at == 0 { entry.0 = row.users.users } else { entry.1 = row.users.users }
        }
        let told = |((name, id), (is, was)): ((Option<&str>, &str), (u64, u64))| {
            let name = name.unwrap_or(id);
            let text = || format!("{name} {} to {}", show::figure(number(was)), show::figure(number(is)));
            differs(is, was).then(text)
        };
        let texts: Vec<String> = rows.into_iter().filter_map(told).collect();
        if !texts.is_empty() {
            moved.push((code, texts));
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::figures::{CustomerFigures, FeatureFigures, Users};

    fn figures(rows: &[(&str, u64)]) -> Figures {
        let customers = rows.iter().map(|(id, users)| CustomerFigures {
            id: Some((*id).to_owned()),
            name: Some(id.to_uppercase()),
            users: Users { users: *users, paid: *users, free: 0 },
        });
        let feature = FeatureFigures {
            feature: "XDT_PLT_UD".to_owned(),
            product: String::new(),
            edition: String::new(),
            total: Users { users: rows.iter().map(|row| row.1).sum(), ..Users::default() },
            overlap: 0,
            customers: customers.collect(),
            sources: Vec::new(),
            entitled: None,
            overage: None,
        };
        Figures { period: "2026-10".parse().unwrap(), closed: false, features: vec![feature] }
    }

    #[test]
    fn customers_who_came_went_or_moved_by_more_than_a_fifth_are_named() {
        let now = figures(&[("elm", 405), ("acme", 102), ("new", 3)]);
        let then = figures(&[("elm", 322), ("acme", 100), ("gone", 7)]);
        let moved = moved_customers(&now, &then);
        let told = ["ELM 322 to 405", "GONE 7 to 0", "NEW 0 to 3"].map(str::to_owned).to_vec();
        assert_eq!(moved, [("XDT_PLT_UD", told)]);
    }

    #[test]
    fn a_feature_that_nobody_used_before_has_no_customers_that_differ() {
        let now = figures(&[("elm", 405)]);
        let mut then = figures(&[("elm", 300)]);
        then.features[0].feature = "XDT_ENT_UD".to_owned();
        let moved = moved_customers(&now, &then);
        assert_eq!(moved, [("XDT_ENT_UD", vec!["ELM 300 to 0".to_owned()])], "that one is gone");
    }
}
