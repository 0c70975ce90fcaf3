//! The tables of a statement: features, sources, customers of the whole month, late usage that it carries.

use std::collections::HashMap;

use super::Asked;
use crate::domain::days::DayRun;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::store::Store;
use crate::store::figures::{CustomerFigures, FeatureFigures, Figures, SourceFigures, Users};
use crate::store::periods::CarriedRow;
use crate::store::roster::SeenAt;
use crate::store::statement::Letterhead;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::report::{self, number};
use crate::web::show;

/// Rows of a table before the rest is asked for.
pub const MOST: usize = 150;

/// A feature's row, which is a sum above the tables too.
pub struct FeatureLine {
    /// `Premium`
    pub label: String,
    pub code: String,
    /// `Virtual Apps and Desktops, Premium`
    pub product: String,
    pub users: String,
    pub free: String,
    pub paid: String,
    /// `1,455 users, 12 of them free`
    pub note: String,
    /// Of the whole month; `n/a` where no license file tells.
    pub entitled: String,
    pub overage: String,
}

/// A source that saw users of the statement.
pub struct SourceLine {
    kind: String,
    id: String,
    pub name: String,
    /// Its id, where another one has the same name.
    pub detail: String,
    pub feature: String,
    pub users: String,
    count: u64,
    /// `28 of 30`; empty in the statement of the whole month.
    pub days: String,
}

/// All rows of one feature.
pub struct CustomerTable {
    pub label: String,
    pub rows: Vec<CustomerLine>,
    pub count: usize,
    /// Sum of all rows, what is counted at several of them, and users counted once.
    pub sums: [(&'static str, [String; 3]); 2],
}

pub struct CustomerLine {
    /// `None`: the unlinked row.
    pub name: Option<String>,
    pub href: String,
    pub users: String,
    pub free: String,
    pub paid: String,
}

pub struct CarriedLine {
    pub month: String,
    /// `None`: the unlinked row.
    pub customer: Option<String>,
    pub feature: String,
    pub users: String,
    pub free: String,
    pub paid: String,
}

impl CustomerTable {
    pub fn is_cut(&self) -> bool {
        self.rows.len() < self.count
    }
}

/// Those with users of the party, the most first.
pub fn features(
    store: &Store,
    frame: &Frame,
    figures: &Figures,
    asked: &Asked,
) -> Result<Vec<FeatureLine>, Fault> {
    let granted = match &asked.customer {
        None => report::grants(store, &frame.rules, figures, frame.clock.now)?,
        Some(_) => Default::default(),
    };
    let mut found: Vec<_> = figures
        .features
        .iter()
        .filter_map(|feature| {
            let users = match &asked.customer {
                None => feature.total,
                Some(customer) => feature.customer(customer.as_deref())?.users,
            };
            Some((feature, users)).filter(|(_, users)| users.users > 0)
        })
        .collect();
    found.sort_by_key(|(_, users)| std::cmp::Reverse(users.users));
    let line = |(feature, users): (&FeatureFigures, Users)| {
        let grant = granted.get(&feature.feature).copied().unwrap_or_default();
        let free = if users.free == 0 {
            "none free".to_owned()
        } else {
            format!("{} of them free", figure(users.free))
        };
        let or_unknown = |number: Option<i64>| number.map_or_else(|| "n/a".to_owned(), show::figure);
        FeatureLine {
            label: report::label(feature, figures),
            code: feature.feature.clone(),
            product: match feature.edition.as_str() {
                "" => feature.product.clone(),
                edition => format!("{}, {edition}", feature.product),
            },
            users: figure(users.users),
            free: figure(users.free),
            paid: figure(users.paid),
            note: format!("{}, {free}", show::count(number(users.users), "user", "users")),
            entitled: if grant.is_uncounted { "uncounted".to_owned() } else { or_unknown(grant.entitled) },
            // A statement keeps none where use is within the entitlement.
            overage: or_unknown(grant.overage),
        }
    };
    Ok(found.into_iter().map(line).collect())
}

/// Where the users of one row were seen, feature by feature, the most users first.
pub fn sources(figures: &Figures, seen: &[SeenAt]) -> Vec<SourceLine> {
    let mut lines: Vec<SourceLine> = seen
        .iter()
        .map(|at| {
            let feature = figures.feature(&at.feature);
            let is_it = |source: &&SourceFigures| source.kind == at.kind && source.id == at.id;
            let named = feature.and_then(|feature| feature.sources.iter().find(is_it));
            SourceLine {
                kind: at.kind.clone(),
                id: at.id.clone(),
                name: named.map_or_else(|| at.id.clone(), |source| source.name.clone()),
                detail: String::new(),
                feature: feature.map_or_else(|| at.feature.clone(), |found| report::label(found, figures)),
                users: figure(at.users),
                count: at.users,
                days: String::new(),
            }
        })
        .collect();
    order(&mut lines);
    lines
}

/// What each source of the month saw on its own.
pub fn all_sources(figures: &Figures) -> Vec<SourceLine> {
    let mut lines = Vec::new();
    for feature in &figures.features {
        let label = report::label(feature, figures);
        lines.extend(feature.sources.iter().map(|source| SourceLine {
            kind: source.kind.clone(),
            id: source.id.clone(),
            name: source.name.clone(),
            detail: String::new(),
            feature: label.clone(),
            users: figure(source.users.users),
            count: source.users.users,
            days: String::new(),
        }));
    }
    order(&mut lines);
    lines
}

fn order(lines: &mut [SourceLine]) {
    lines.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| (&a.name, &a.id).cmp(&(&b.name, &b.id))));
    let mut ids: HashMap<String, Vec<String>> = HashMap::new();
    for line in lines.iter() {
        let own = ids.entry(line.name.clone()).or_default();
        if !own.contains(&line.id) {
            own.push(line.id.clone());
        }
    }
    for line in lines {
        if ids.get(&line.name).is_some_and(|own| own.len() > 1) {
            line.detail.clone_from(&line.id);
        }
    }
}

/// Days with data, of those that are over or begun. Of a closed month what was received before it was closed: what came
/// later counts nowhere in it.
pub fn add_days(
    store: &Store,
    frame: &Frame,
    head: &Letterhead,
    lines: &mut [SourceLine],
) -> Result<(), Fault> {
    let closed_at = head.sealed.as_ref().and_then(|sealed| sealed.closed_at.parse::<UtcInstant>().ok());
    let until = closed_at.unwrap_or(frame.clock.now);
    let run = DayRun::of_period(frame.period, head.time_zone);
    let days = (0..run.len()).filter(|day| run.begins(*day) <= frame.clock.now).count();
    let mut known: HashMap<(String, String), String> = HashMap::new();
    for line in lines {
        let key = (line.kind.clone(), line.id.clone());
        if !known.contains_key(&key) {
            let kind: ObjectKind = line.kind.parse()?;
            let told = store.days_told((kind, &line.id), frame.period, head.time_zone, until)?;
            known.insert(key.clone(), format!("{told} of {days}"));
        }
        line.days = known.get(&key).cloned().unwrap_or_default();
    }
    Ok(())
}

/// All rows of the month, each leading to the statement of its own.
pub fn customers(frame: &Frame, figures: &Figures, is_all: bool) -> Vec<CustomerTable> {
    let mut features: Vec<_> = figures.features.iter().collect();
    features.sort_by_key(|feature| std::cmp::Reverse(feature.total.users));
    let table = |feature: &FeatureFigures| {
        let most = if is_all { feature.customers.len() } else { MOST };
        let line = |row: &CustomerFigures| CustomerLine {
            href: frame.link("/statement", &[("customer", row.id.as_deref().unwrap_or("none"))]),
            name: row.id.as_ref().map(|id| row.name.clone().unwrap_or_else(|| id.clone())),
            users: figure(row.users.users),
            free: figure(row.users.free),
            paid: figure(row.users.paid),
        };
        let cells = |users: Users| [users.users, users.free, users.paid].map(number);
        let mut sum = [0; 3];
        for row in &feature.customers {
            for (sum, cell) in sum.iter_mut().zip(cells(row.users)) {
                *sum += cell;
            }
        }
        let total = cells(feature.total);
        let overlap = [0, 1, 2].map(|at| show::figure(total[at] - sum[at]));
        CustomerTable {
            label: report::label(feature, figures),
            rows: feature.customers.iter().take(most).map(line).collect(),
            count: feature.customers.len(),
            sums: [("Overlap", overlap), ("Users, each counted once", total.map(show::figure))],
        }
    };
    features.into_iter().map(table).collect()
}

/// Late usage in it, of the party that is asked for.
pub fn carried(figures: &Figures, rows: Vec<CarriedRow>, asked: &Asked) -> Vec<CarriedLine> {
    let own = rows.into_iter().filter(|row| match &asked.customer {
        None => true,
        Some(customer) => *customer == row.late.customer_id,
    });
    own.map(|CarriedRow { of_period, late }| CarriedLine {
        month: show::month(of_period),
        customer: late.customer_id.map(|id| late.customer.unwrap_or(id)),
        feature: report::label_of(&late.feature, figures),
        users: show::change(late.users),
        free: show::change(late.free_users),
        paid: show::change(late.paid_users),
    })
    .collect()
}

fn figure(users: u64) -> String {
    show::figure(number(users))
}
