//! The customers whose users moved by more than a fifth since the month before.

use std::collections::BTreeMap;

use crate::store::figures::Figures;

/// One feature with customers that differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    pub feature: String,
    /// By name.
    pub customers: Vec<MovedCustomer>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovedCustomer {
    pub id: String,
    pub name: String,
    /// Users of the month before.
    pub before: u64,
    pub now: u64,
}

/// Whether a figure moved by more than a fifth of what it was.
pub fn differs(now: u64, then: u64) -> bool {
    now.abs_diff(then) * 5 > then
}

/// By feature, the one with the most of them first. A feature that nobody used before has none; nothing where the
/// month before has no usage at all.
pub fn moved(now: &Figures, then: &Figures) -> Option<Vec<Moved>> {
    if then.features.is_empty() {
        return None;
    }
    let mut moved = Vec::new();
    for before in then.features.iter().filter(|before| before.total.users > 0) {
        let after = now.feature(&before.feature);
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
        let customers: Vec<MovedCustomer> = rows
            .into_iter()
            .filter(|(_, (is, was))| differs(*is, *was))
            .map(|((name, id), (now, before))| MovedCustomer {
                id: id.to_owned(),
                name: name.unwrap_or(id).to_owned(),
                before,
                now,
            })
            .collect();
        if !customers.is_empty() {
            moved.push(Moved { feature: before.feature.clone(), customers });
        }
    }
    moved.sort_by_key(|feature| std::cmp::Reverse(feature.customers.len()));
    Some(moved)
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

    fn told(now: &Figures, then: &Figures) -> Vec<(String, Vec<String>)> {
        let customer = |row: MovedCustomer| format!("{} {} to {}", row.name, row.before, row.now);
        let feature = |row: Moved| (row.feature, row.customers.into_iter().map(customer).collect());
        moved(now, then).unwrap().into_iter().map(feature).collect()
    }

    #[test]
    fn customers_who_came_went_or_moved_by_more_than_a_fifth_are_named() {
        let now = figures(&[("elm", 405), ("acme", 102), ("new", 3)]);
        let then = figures(&[("elm", 322), ("acme", 100), ("gone", 7)]);
        let expected = ["ELM 322 to 405", "GONE 7 to 0", "NEW 0 to 3"].map(str::to_owned).to_vec();
        assert_eq!(told(&now, &then), [("XDT_PLT_UD".to_owned(), expected)]);
    }

    #[test]
    fn a_feature_that_nobody_used_before_has_no_customers_that_differ() {
        let now = figures(&[("elm", 405)]);
        let mut then = figures(&[("elm", 300)]);
        then.features[0].feature = "XDT_ENT_UD".to_owned();
        let gone = vec!["ELM 300 to 0".to_owned()];
        assert_eq!(told(&now, &then), [("XDT_ENT_UD".to_owned(), gone)], "that one is gone");
    }

    #[test]
    fn nothing_is_held_against_a_month_without_usage() {
        let then = Figures { features: Vec::new(), ..figures(&[]) };
        assert_eq!(moved(&figures(&[("elm", 405)]), &then), None);
    }
}
