//! The two tables of the usage page: rows by customer with the month beside, and rows by source.

use std::cmp::Ordering;
use std::collections::{BTreeMap, HashMap};

use super::address::{Address, Column};
use super::part::{self, Customers};
use crate::domain::period::BillingPeriod;
use crate::domain::user_key::user_key;
use crate::store::checklist::differs;
use crate::store::explain::What;
use crate::store::figures::{CustomerFigures, FeatureFigures, Users};
use crate::store::sources::Source;
use crate::web::chart::Share;
use crate::web::components::{Figure, Pages};
use crate::web::frame::Frame;
use crate::web::report::number;
use crate::web::show;

/// The rows by customer with their sums.
pub struct CustomerRows {
    pub heads: Vec<Head>,
    /// The unlinked row first, whatever the order.
    pub rows: Vec<CustomerRow>,
    pub sums: [SumRow; 3],
    /// Customers with users in either month.
    pub count: usize,
    /// What of them is shown, in words; empty of all.
    pub shown: String,
    /// The address of all of them, where only some are shown.
    pub all: Option<String>,
    pub pages: Option<Pages>,
    /// The largest share in words.
    pub most: String,
}

/// Head of a column that orders the rows.
pub struct Head {
    pub label: String,
    pub href: String,
    /// `ascending`, `descending`, or empty.
    pub order: &'static str,
    pub is_number: bool,
}

pub struct CustomerRow {
    pub name: String,
    /// The customer's page; of the unlinked row the list of its users.
    pub href: Option<String>,
    pub is_unlinked: bool,
    pub share: Share,
    pub percent: String,
    pub users: Figure,
    pub free: Figure,
    pub paid: Figure,
    /// The month before.
    pub before: Figure,
    pub change: String,
    /// By more than a fifth.
    pub differs: bool,
    /// Its explanation follows.
    pub is_open: bool,
}

/// A row of sums.
pub struct SumRow {
    pub label: &'static str,
    pub percent: String,
    /// Users, free, paid, the month before, change.
    pub cells: [Figure; 5],
}

/// A source and what it saw on its own.
pub struct SourceRow {
    pub id: String,
    pub name: String,
    /// What tells it from others of its name: an FQDN, the site of a delivery group.
    pub detail: String,
    /// Of its own assignment, or its site's.
    pub customer: String,
    pub href: String,
    pub users: Figure,
    pub free: Figure,
    pub paid: Figure,
    pub is_open: bool,
}

/// A customer in both months.
struct Both<'a> {
    id: Option<&'a str>,
    name: String,
    now: Users,
    then: Users,
}

impl Both<'_> {
    fn change(&self) -> i64 {
        number(self.now.users) - number(self.then.users)
    }
}

impl CustomerRows {
    /// `has_before`: whether anything is known of the month beside.
    pub fn of(
        frame: &Frame,
        address: &Address,
        now: &FeatureFigures,
        then: &FeatureFigures,
        has_before: bool,
    ) -> Self {
        let mut rows = both(now, then);
        sort(&mut rows, address);
        let most = rows.iter().map(|row| row.now.users).max().unwrap_or(0);
        let total = number(now.total.users);
        let beside = then_period(address, frame);
        let is_marked = |row: &Both<'_>| {
            then.total.users > 0 && row.id.is_some() && differs(row.now.users, row.then.users)
        };
        let is_asked = |row: &Both<'_>| address.what() == Some(What::Customer(row.id.map(str::to_owned)));
        let is_listed = |row: &&Both<'_>| {
            address.customers != Customers::Differing || row.id.is_none() || is_marked(row) || is_asked(row)
        };
        let listed: Vec<&Both<'_>> = rows.iter().filter(is_listed).collect();
        let open = listed.iter().position(|row| is_asked(row));
        let shown = part::places(listed.len(), address, open)
            .into_iter()
            .map(|at| {
                let row = listed[at];
                let what = What::Customer(row.id.map(str::to_owned));
                let opens = |users, only| opens(frame, address, &what, users, only);
                CustomerRow {
                    href: match row.id {
                        Some(id) => Some(frame.link("/customer", &[("id", id)])),
                        None if frame.may_look_inside() => {
                            Some(frame.link("/users", &[("linked", "false"), ("feature", &now.feature)]))
                        }
                        None => None,
                    },
                    name: row.name.clone(),
                    is_unlinked: row.id.is_none(),
                    share: Share::of(row.now.paid, row.now.free, most, row.id.is_none()),
                    percent: show::share(number(row.now.users), total),
                    users: opens(row.now.users, None),
                    free: opens(row.now.free, Some(true)),
                    paid: opens(row.now.paid, Some(false)),
                    before: before(frame, address, beside, &what, row.then.users, has_before),
                    change: show::change_since(number(row.now.users), number(row.then.users), has_before),
                    differs: is_marked(row),
                    is_open: is_asked(row) && row.now.users > 0,
                }
            })
            .collect();
        let label = super::month_beside(beside, frame.period);
        let count = rows.iter().filter(|row| row.id.is_some()).count();
        let is_long = rows.len() > part::LIMIT;
        let text = match address.customers {
            Customers::First if is_long => format!("The first {} rows.", part::LIMIT),
            Customers::Differing => {
                let differing = rows.iter().filter(|row| is_marked(row)).count();
                let (differing, count) = (number(differing as u64), number(count as u64));
                format!(
                    "{} of {}: those that differ by more than 20 %.",
                    show::figure(differing),
                    show::count(count, "customer", "customers")
                )
            }
            _ => String::new(),
        };
        let all = if is_long { Customers::All } else { Customers::First };
        let pages = part::pages(frame, listed.len(), address);
        Self {
            heads: heads(frame, address, &label),
            rows: shown,
            sums: sum_figures(frame, address, sums(&rows, now, then, has_before), (now, then, beside)),
            most: show::share(number(most), total),
            count,
            all: (!text.is_empty()).then(|| address.with_customers(all).link(frame)),
            shown: text,
            pages: (address.customers != Customers::First && pages.is_several()).then_some(pages),
        }
    }
}

/// A figure that opens the explanation of its users, or of the free or paid ones alone.
pub fn opens(frame: &Frame, address: &Address, what: &What, users: u64, only_free: Option<bool>) -> Figure {
    let href = || address.explaining(what, only_free).link_to_why(frame);
    Figure {
        text: show::figure(number(users)),
        href: (users > 0).then(href),
        is_open: users > 0 && address.explains(what, only_free),
    }
}

/// The figure of the month beside, explained there.
fn before(
    frame: &Frame,
    address: &Address,
    beside: BillingPeriod,
    what: &What,
    users: u64,
    has_before: bool,
) -> Figure {
    match number(users) {
        _ if !has_before => Figure { text: "n/a".to_owned(), ..Figure::default() },
        0 => Figure::plain(0),
        some => Figure::to(some, address.link_to_why_in(frame, beside, what)),
    }
}

/// What stands behind the sums: the users at several customers, and the total.
fn sum_figures(
    frame: &Frame,
    address: &Address,
    mut sums: [SumRow; 3],
    (now, then, beside): (&FeatureFigures, &FeatureFigures, BillingPeriod),
) -> [SumRow; 3] {
    if now.overlap > 0 && frame.may_look_inside() {
        let several = frame.link("/users", &[("feature", &now.feature), ("several", "true")]);
        sums[1].cells[0].href = Some(several);
    }
    let [.., total] = &mut sums;
    for (at, users, only_free) in
        [(0, now.total.users, None), (1, now.total.free, Some(true)), (2, now.total.paid, Some(false))]
    {
        total.cells[at] = opens(frame, address, &What::Total, users, only_free);
        // The sums above the tables say that it is open.
        total.cells[at].is_open = false;
    }
    if then.total.users > 0 {
        total.cells[3].href = Some(address.link_to_why_in(frame, beside, &What::Total));
    }
    sums
}

fn then_period(address: &Address, frame: &Frame) -> BillingPeriod {
    address.compare.or(frame.period.plus_months(-1)).unwrap_or(frame.period)
}

/// Customers with users in either month.
fn both<'a>(now: &'a FeatureFigures, then: &'a FeatureFigures) -> Vec<Both<'a>> {
    let mut rows: BTreeMap<Option<&str>, Both<'a>> = BTreeMap::new();
    let name = |row: &CustomerFigures| row.name.clone().unwrap_or_else(|| "Unlinked".to_owned());
    for row in &now.customers {
        let both = Both { id: row.id.as_deref(), name: name(row), now: row.users, then: Users::default() };
        rows.insert(row.id.as_deref(), both);
    }
    for row in &then.customers {
        let entry = rows.entry(row.id.as_deref()).or_insert_with(|| Both {
            id: row.id.as_deref(),
            name: name(row),
            now: Users::default(),
            then: Users::default(),
        });
        entry.then = row.users;
    }
    rows.into_values().collect()
}

fn sort(rows: &mut [Both<'_>], address: &Address) {
    let by = |a: &Both<'_>, b: &Both<'_>| match address.sort.column {
        Column::Name => user_key(&a.name).cmp(&user_key(&b.name)),
        Column::Users => a.now.users.cmp(&b.now.users),
        Column::Free => a.now.free.cmp(&b.now.free),
        Column::Paid => a.now.paid.cmp(&b.now.paid),
        Column::Before => a.then.users.cmp(&b.then.users),
        Column::Change => a.change().cmp(&b.change()),
    };
    let turned = |order: Ordering| if address.sort.is_falling { order.reverse() } else { order };
    rows.sort_by(|a, b| {
        a.id.is_some()
            .cmp(&b.id.is_some())
            .then_with(|| turned(by(a, b)))
            .then_with(|| user_key(&a.name).cmp(&user_key(&b.name)))
            .then_with(|| a.id.cmp(&b.id))
    });
}

fn heads(frame: &Frame, address: &Address, before: &str) -> Vec<Head> {
    Column::ALL
        .into_iter()
        .map(|column| Head {
            label: match column {
                Column::Name => "Customer".to_owned(),
                Column::Users => "Users".to_owned(),
                Column::Free => "Free".to_owned(),
                Column::Paid => "Paid".to_owned(),
                Column::Before => before.to_owned(),
                Column::Change => "Change".to_owned(),
            },
            href: address.sorted_by(column).link(frame),
            order: match address.sort {
                sort if sort.column != column => "",
                sort if sort.is_falling => "descending",
                _ => "ascending",
            },
            is_number: column != Column::Name,
        })
        .collect()
}

fn sums(rows: &[Both<'_>], now: &FeatureFigures, then: &FeatureFigures, has_before: bool) -> [SumRow; 3] {
    let add = |of: fn(&Both<'_>) -> u64| rows.iter().map(of).map(number).sum::<i64>();
    let sum = [
        add(|row| row.now.users),
        add(|row| row.now.free),
        add(|row| row.now.paid),
        add(|row| row.then.users),
    ];
    let total = [now.total.users, now.total.free, now.total.paid, then.total.users].map(number);
    let mut overlap = [0; 4];
    for at in 0..4 {
        overlap[at] = total[at] - sum[at];
    }
    // Of the users counted once, as in every row; the overlap takes away what the rows have too much.
    let percent = |users: i64| match show::share(users.abs(), total[0]) {
        share if users < 0 => format!("−{share}"),
        share => share,
    };
    let text = |text: String| Figure { text, ..Figure::default() };
    let row = |label, [users, free, paid, before]: [i64; 4]| SumRow {
        label,
        percent: percent(users),
        cells: [
            Figure::plain(users),
            Figure::plain(free),
            Figure::plain(paid),
            if has_before { Figure::plain(before) } else { text("n/a".to_owned()) },
            text(show::change_since(users, before, has_before)),
        ],
    };
    [row("Sum of the rows", sum), row("Overlap", overlap), row("Users, each counted once", total)]
}

/// The most users first. `known` tells what stands around them.
pub fn sources(frame: &Frame, address: &Address, now: &FeatureFigures, known: &[Source]) -> Vec<SourceRow> {
    let mut sources: Vec<_> = now.sources.iter().collect();
    sources.sort_by(|a, b| {
        b.users.users.cmp(&a.users.users).then_with(|| (&a.name, &a.id).cmp(&(&b.name, &b.id)))
    });
    let find: HashMap<(&str, &str), &Source> =
        known.iter().map(|source| ((source.kind.as_str(), source.id.as_str()), source)).collect();
    sources
        .into_iter()
        .map(|source| {
            let what = What::Source(source.id.clone());
            let is_open = address.what().as_ref() == Some(&what);
            let opens = |users, only| opens(frame, address, &what, users, only);
            let told = find.get(&(source.kind.as_str(), source.id.as_str()));
            let site = told.and_then(|told| find.get(&("site", told.parent.as_deref()?)));
            let tag = [told, site].into_iter().flatten().find_map(|source| source.customer.as_ref());
            SourceRow {
                id: source.id.clone(),
                name: source.name.clone(),
                detail: match (site, told.and_then(|told| told.fqdn.as_deref())) {
                    (Some(site), _) => format!("delivery group of {}", site.name),
                    (None, Some(fqdn)) => fqdn.to_owned(),
                    (None, None) => String::new(),
                },
                customer: tag.map_or_else(|| "none".to_owned(), |(_, name)| name.clone()),
                href: match site {
                    Some(site) => frame.link("/site", &[("id", &site.id)]),
                    None => frame.link("/server", &[("id", &source.id)]),
                },
                users: opens(source.users.users, None),
                free: opens(source.users.free, Some(true)),
                paid: opens(source.users.paid, Some(false)),
                is_open,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests;
