//! What a customer's page tells: figures by feature, what is assigned to it, and its last twelve months.

use crate::domain::ids::ObjectKind;
use crate::domain::precedence::Via;
use crate::export::Status;
use crate::store::Store;
use crate::store::checklist::differs;
use crate::store::customers::Customer;
use crate::store::figures::{Figures, Users};
use crate::store::roster::Filter;
use crate::store::source_use::SourceUse;
use crate::store::sources::Source;
use crate::web::chart::Trend;
use crate::web::components::Figure;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::pages::signs::Sign;
use crate::web::report::{self, number};
use crate::web::show::{self, When};

/// Its users of one feature.
pub struct FeatureRow {
    pub name: String,
    pub code: String,
    pub users: Figure,
    pub free: String,
    pub paid: String,
    pub before: Figure,
    pub change: String,
    pub differs: bool,
}

/// An object that is assigned to it in the month.
pub struct Tagged {
    pub kind: &'static str,
    pub name: String,
    /// What tells it from others of its name.
    pub detail: String,
    pub href: String,
    /// Distinct users there; `n/a` where users are not counted.
    pub users: String,
}

/// Features with users in this month or the one before.
pub fn features(frame: &Frame, id: &str, now: &Figures, then: &Figures) -> Vec<FeatureRow> {
    let users = |figures: &Figures, code: &str| {
        let row = figures.feature(code).and_then(|feature| feature.customer(Some(id)));
        row.map_or(Users::default(), |row| row.users)
    };
    let mut codes: Vec<&str> =
        now.features.iter().chain(&then.features).map(|feature| feature.feature.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes.retain(|code| users(now, code).users + users(then, code).users > 0);
    codes.sort_by_key(|code| std::cmp::Reverse(users(now, code).users));
    let explain = format!("customer:{id}");
    let has_before = !then.features.is_empty();
    codes
        .into_iter()
        .map(|code| {
            let (is, was) = (users(now, code), users(then, code));
            let href = frame.link("/usage", &[("feature", code), ("explain", &explain)]);
            FeatureRow {
                name: now
                    .feature(code)
                    .map_or_else(|| report::name_of(code), |found| report::label(found, now)),
                code: code.to_owned(),
                users: match is.users {
                    0 => Figure::plain(0),
                    some => Figure::to(number(some), format!("{href}#why")),
                },
                free: show::figure(number(is.free)),
                paid: show::figure(number(is.paid)),
                before: match number(was.users) {
                    _ if !has_before => Figure { text: "n/a".to_owned(), ..Figure::default() },
                    0 => Figure::plain(0),
                    some => {
                        let pairs = [("feature", code), ("explain", explain.as_str())];
                        Figure::to(some, format!("{}#why", frame.link_in(then.period, "/usage", &pairs)))
                    }
                },
                change: show::change_since(number(is.users), number(was.users), has_before),
                // As the usage page marks it: a feature that nobody used before differs from nothing.
                differs: then.feature(code).is_some_and(|before| before.total.users > 0)
                    && differs(is.users, was.users),
            }
        })
        .collect()
}

/// A month's statement of the customer.
pub struct StatementLine {
    pub month: String,
    pub href: String,
    pub state: Sign,
    /// When it was closed, or locks.
    pub at: &'static str,
    pub when: When,
    /// First digits of the seal.
    pub seal: String,
}

/// Of the last twelve months, the newest first: from the first with usage on.
pub fn statements(store: &Store, frame: &Frame, id: &str) -> Result<Vec<StatementLine>, Fault> {
    const MOST: usize = 12;
    let months = store.months(frame.clock.now)?;
    let lines = months.into_iter().rev().take(MOST).map(|month| {
        let found = store.find_period(month, frame.clock.now)?;
        let (state, at) = match found.status {
            Status::Open => (Sign::new("", "open", "Provisional"), "locks"),
            Status::Locked => (Sign::new("", "lock", "Provisional"), "locked since"),
            Status::Closed => (Sign::new("", "seal", "Sealed"), "since"),
        };
        let sealed = found.statement.as_ref();
        Ok(StatementLine {
            month: show::month(month),
            href: frame.link_in(month, "/statement", &[("customer", id)]),
            state,
            at,
            when: sealed
                .map_or_else(|| frame.clock.when(found.locks_at), |sealed| frame.when(&sealed.closed_at)),
            seal: sealed.map_or_else(String::new, |sealed| sealed.seal.chars().take(8).collect()),
        })
    });
    lines.collect()
}

/// License servers, sites, delivery groups and NetScalers of its own.
pub fn tagged(
    store: &Store,
    view: &View,
    frame: &Frame,
    id: &str,
    now: &Figures,
) -> Result<Vec<Tagged>, Fault> {
    let all = store.list_sources(frame.period)?;
    let own = |source: &&Source| source.customer.as_ref().is_some_and(|(customer, _)| customer == id);
    if !all.iter().any(|source| own(&source)) {
        return Ok(Vec::new());
    }
    let used = SourceUse::of(now);
    let tenants = view.app.memory.tenants(store, frame.period)?;
    let tagged = all.iter().filter(own).map(|source| {
        let parent = source.parent.as_deref().unwrap_or_default();
        let (kind, href, users) = match source.kind.as_str() {
            "license-server" => {
                let users = used.users(ObjectKind::LicenseServer, &source.id);
                ("License server", frame.link("/server", &[("id", &source.id)]), Some(users))
            }
            "site" => {
                let found = tenants.0.sites.iter().find(|site| site.id == source.id);
                let users = found.map(|site| number(site.users.users));
                ("Site", frame.link("/site", &[("id", &source.id)]), users)
            }
            "delivery-group" => {
                let users = used.users(ObjectKind::DeliveryGroup, &source.id);
                ("Delivery group", frame.link("/site", &[("id", parent)]), Some(users))
            }
            _ => ("NetScaler", frame.link("/netscaler", &[]), None),
        };
        let site = all.iter().find(|other| other.kind == "site" && other.id == parent);
        Tagged {
            kind,
            name: source.name.clone(),
            detail: match (&source.fqdn, site) {
                (_, Some(site)) => format!("of {}", site.name),
                (Some(fqdn), None) => fqdn.clone(),
                (None, None) => String::new(),
            },
            href,
            users: users.map_or_else(|| "n/a".to_owned(), show::figure),
        }
    });
    Ok(tagged.collect())
}

pub fn own_tags(store: &Store, view: &View, frame: &Frame, id: &str) -> Result<Figure, Fault> {
    let roster = view.app.memory.roster(store, frame.period)?;
    let selection = roster.select(&Filter { customer: Some(Some(id.to_owned())), ..Filter::default() });
    let found = selection.counts.vias.iter().find(|(via, _)| *via == Some(Via::User));
    let users = found.map_or(0, |(_, users)| number(*users));
    Ok(if users > 0 && frame.may_look_inside() {
        Figure::to(users, frame.link("/users", &[("customer", id)]))
    } else {
        Figure::plain(users)
    })
}

/// Of the feature with the most users; `None` in the first month.
pub fn trend(
    store: &Store,
    view: &View,
    frame: &Frame,
    customer: &Customer,
    now: &Figures,
) -> Result<Option<(String, Trend)>, Fault> {
    let year = report::year(store, &view.app, frame.period)?;
    let users = |figures: &Figures, code: &str| {
        let row = figures.feature(code).and_then(|feature| feature.customer(Some(&customer.id)));
        row.map_or(0, |row| number(row.users.users))
    };
    let most = year
        .iter()
        .flat_map(|month| &month.features)
        .map(|feature| feature.feature.as_str())
        .max_by_key(|code| (users(now, code), year.iter().map(|month| users(month, code)).sum::<i64>()));
    let Some(code) = most.filter(|_| year.len() > 1) else { return Ok(None) };
    if year.iter().all(|month| users(month, code) == 0) {
        return Ok(None);
    }
    let points: Result<Vec<_>, Fault> =
        year.iter().map(|month| report::point(store, month, frame.clock.now, users(month, code))).collect();
    let label = report::label_of(code, now);
    let noun = format!("{label} users of {}", customer.name);
    let trend = Trend::of(&noun, &points?, None);
    Ok(Some((noun, trend)))
}
