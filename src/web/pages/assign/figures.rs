//! What the figures become: users of each customer that a change touches, now and after.

use std::collections::BTreeMap;

use super::ask::{Act, Ask};
use super::set::Set;
use crate::domain::ids::ObjectKind;
use crate::store::batches::Preview;
use crate::store::roster::Filter;
use crate::web::pages::users::words;
use crate::web::show;

/// Customers shown.
const ROWS: usize = 40;

pub struct Becomes {
    /// `Premium`, or that features are taken together.
    pub features: String,
    pub first: &'static str,
    pub rows: Vec<Row>,
    pub further: Option<String>,
    pub total: String,
}

pub struct Row {
    pub name: String,
    pub now: String,
    pub after: String,
    pub change: String,
    /// Width of the bar, of 100, and its class.
    pub share: (String, &'static str),
}

impl Becomes {
    /// `None` where nothing of it can be told beforehand, or nothing changes.
    pub fn of(ask: &Ask, set: &Set, preview: &Preview) -> Option<Self> {
        let all = set.roster.select(&Filter::default());
        let counts = &all.counts;
        let total = set.roster.len() as i64;
        let rows = match &ask.act {
            Act::Unfree => return None,
            Act::Free { .. } if ask.kind != ObjectKind::User => return None,
            Act::Free { .. } => {
                let more = paid(ask, set) as i64;
                let free = counts.free as i64;
                vec![row("Paid", total - free, -more, total, "p"), row("Free", free, more, total, "f")]
            }
            Act::Assign(_) | Act::Clear => customers(ask, set, preview, counts, total),
        };
        if rows.is_empty() {
            return None;
        }
        let features = match counts.features.as_slice() {
            [(code, _)] => format!("{}.", words::feature(code)),
            _ => "All features taken together.".to_owned(),
        };
        let further = rows.len().saturating_sub(ROWS);
        Some(Self {
            features,
            first: if matches!(ask.act, Act::Free { .. }) { "Users" } else { "Customer" },
            rows: rows.into_iter().take(ROWS).collect(),
            further: (further > 0)
                .then(|| show::count(further as i64, "further customer", "further customers")),
            total: show::figure(total),
        })
    }
}

fn customers(
    ask: &Ask,
    set: &Set,
    preview: &Preview,
    counts: &crate::store::roster::Counts,
    total: i64,
) -> Vec<Row> {
    let to = match &ask.act {
        Act::Assign(customer) => customer.as_ref(),
        _ => None,
    };
    let mut changes: BTreeMap<&Option<String>, i64> = BTreeMap::new();
    for found in &preview.moves {
        if let Some(from) = &found.from {
            *changes.entry(from).or_default() -= found.users as i64;
        }
        if let Some(to) = &found.to {
            *changes.entry(to).or_default() += found.users as i64;
        }
    }
    let mut rows: Vec<(String, Row)> = Vec::new();
    for (customer, change) in changes {
        match customer {
            None => {
                rows.insert(0, (String::new(), row("Unlinked", counts.unlinked as i64, change, total, "u")))
            }
            Some(id) => {
                let name = super::moves::name(set, to, id);
                let now = counts.customers.iter().find(|(other, ..)| other == id).map_or(0, |row| row.2);
                rows.push((name.to_lowercase(), row(&name, now as i64, change, total, "p")));
            }
        }
    }
    rows.sort_by(|a, b| a.0.cmp(&b.0));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Users of the set who are paid for now.
fn paid(ask: &Ask, set: &Set) -> u64 {
    match &ask.filter {
        Some(filter) if filter.free.is_none() && filter.feature.is_none() => {
            set.roster.select(&Filter { free: Some(false), ..filter.clone() }).total() as u64
        }
        _ => set.users.iter().filter(|user| !set.roster.user(**user, None).free).count() as u64,
    }
}

fn row(name: &str, now: i64, change: i64, total: i64, class: &'static str) -> Row {
    let after = now + change;
    let width = if total > 0 { (after as f64 * 98.0 / total as f64).clamp(0.0, 98.0) } else { 0.0 };
    Row {
        name: name.to_owned(),
        now: show::figure(now),
        after: show::figure(after),
        change: show::change(change),
        share: (format!("{width:.1}"), class),
    }
}
