//! What is looked at before a month is reported: a line each, with its figure and the list behind it.

mod moved;

use crate::domain::ids::ObjectKind;
use crate::domain::server_status::{Flag, State};
use crate::export::Status;
use crate::store::Store;
use crate::store::figures::Figures;
use crate::store::license_servers::LicenseServer;
use crate::store::receipts_by_day::SilentDays;
use crate::store::roster::Filter;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::report::{self, number};
use crate::web::show;

/// How much a line weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Blocks,
    Look,
    InOrder,
    /// Nothing to hold against.
    Unknown,
}

impl Weight {
    pub fn icon(self) -> &'static str {
        match self {
            Self::Blocks => "bad",
            Self::Look => "warn",
            Self::InOrder => "ok",
            Self::Unknown => "never",
        }
    }

    /// The icon's meaning in words.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocks => "Stands in the way",
            Self::Look => "Look at this",
            Self::InOrder => "In order",
            Self::Unknown => "Not known",
        }
    }
}

pub struct Check {
    pub weight: Weight,
    pub what: &'static str,
    pub figure: String,
    pub note: String,
    /// The list behind it; `None` where the reader may not see it.
    pub href: Option<String>,
    pub go: &'static str,
    /// What takes the line out of the way.
    pub act: Option<(String, String)>,
}

pub fn all(
    store: &Store,
    view: &View,
    frame: &Frame,
    now: &Figures,
    then: &Figures,
) -> Result<Vec<Check>, Fault> {
    let used = report::used(now);
    let mut servers = store.list_license_servers(frame.seen(&used))?;
    servers.retain(|server| server.status.state != State::Archived);
    let mut sites = store.list_sites(frame.seen(&used))?;
    sites.retain(|site| site.status.state != State::Archived);
    let mut checks = vec![unlinked(store, view, frame, now.features.len() > 1)?];
    let told = |state: State, days: Option<i64>, name: &str| (state, days, name.to_owned());
    if !servers.is_empty() {
        let states = servers.iter().map(|s| told(s.status.state, s.status.days_silent, &s.name)).collect();
        checks.push(reporting(
            frame,
            "Servers reporting",
            "/servers",
            states,
            ("silent server", "silent servers"),
        ));
    }
    if !sites.is_empty() {
        let states = sites.iter().map(|s| told(s.status.state, s.status.days_silent, &s.name)).collect();
        checks.push(reporting(frame, "Sites reporting", "/sites", states, ("silent site", "silent sites")));
    }
    checks.push(silent(frame, &store.silent_days(frame.period, frame.clock.now, frame.clock.zone)?));
    checks.push(moved::moved(frame, now, then));
    checks.push(expiring(frame, &servers));
    if frame.may_look_inside() {
        checks.push(rejected(store, frame)?);
    }
    checks.push(lock(frame));
    Ok(checks)
}

fn unlinked(store: &Store, view: &View, frame: &Frame, is_several: bool) -> Result<Check, Fault> {
    let roster = view.app.memory.roster(store, frame.period)?;
    let selection = roster.select(&Filter { linked: Some(false), ..Filter::default() });
    let users = number(selection.counts.users);
    let href = frame.may_look_inside().then(|| frame.link("/users", &[("linked", "false")]));
    let domain = selection.counts.domains.iter().find(|(domain, of)| !domain.is_empty() && *of > 1);
    let note = match (users, domain) {
        (0, _) => "Every user counts for a customer".to_owned(),
        (_, Some((domain, of))) => {
            format!("{} of them share one domain, {}", show::figure(number(*of)), domain.to_uppercase())
        }
        _ => "They count for no customer, and nobody pays for them".to_owned(),
    };
    let words = format!("Assign {}", show::count(users, "unlinked user", "unlinked users"));
    let may = users > 0 && frame.may_operate() && frame.is_open();
    Ok(Check {
        weight: if users > 0 { Weight::Blocks } else { Weight::InOrder },
        what: if is_several { "Unlinked users over all features" } else { "Unlinked users" },
        figure: show::figure(users),
        note,
        act: href.clone().filter(|_| may).map(|href| (words, href)),
        href,
        go: if may { "Assign" } else { "See users" },
    })
}

/// Names so many, then how many more.
fn names(all: &[String]) -> String {
    const MOST: usize = 3;
    let shown = all.iter().take(MOST).cloned().collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(MOST) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

fn reporting(
    frame: &Frame,
    what: &'static str,
    path: &str,
    states: Vec<(State, Option<i64>, String)>,
    nouns: (&str, &str),
) -> Check {
    let count = states.len();
    let quiet: Vec<String> = states
        .into_iter()
        .filter(|(state, ..)| *state != State::Reporting)
        .map(|(state, days, name)| match (state, days) {
            (State::NotReporting, Some(days)) => {
                format!("{name} silent for {}", show::count(days, "day", "days"))
            }
            _ => format!("{name} never reported"),
        })
        .collect();
    let href = frame.link(path, if quiet.is_empty() { &[] } else { &[("state", "not-reporting")] });
    let words = format!("See {}", show::count(number(quiet.len() as u64), nouns.0, nouns.1));
    Check {
        weight: if quiet.is_empty() { Weight::InOrder } else { Weight::Blocks },
        what,
        figure: format!("{} of {count}", count - quiet.len()),
        note: if quiet.is_empty() { "All have reported lately".to_owned() } else { names(&quiet) },
        act: (!quiet.is_empty()).then(|| (words, href.clone())),
        href: Some(href),
        go: if quiet.is_empty() { "See all" } else { "See why" },
    }
}

fn silent(frame: &Frame, gaps: &[SilentDays]) -> Check {
    let days: usize = gaps.iter().map(|gap| gap.silent).sum();
    let named: Vec<String> =
        gaps.iter().map(|gap| format!("{} {} of {}", gap.name, gap.silent, gap.days)).collect();
    let href = match gaps {
        [] => frame.link("/servers", &[]),
        [one] => {
            frame.link(if one.kind == ObjectKind::Site { "/site" } else { "/server" }, &[("id", &one.id)])
        }
        _ => format!("{}#gaps", frame.link("/usage", &[])),
    };
    Check {
        weight: if gaps.is_empty() { Weight::InOrder } else { Weight::Look },
        what: "Days without data",
        figure: show::figure(number(days as u64)),
        note: if gaps.is_empty() {
            "Every source told of every day".to_owned()
        } else {
            format!("{}: the figure may be low", names(&named))
        },
        href: Some(href),
        go: "See days",
        act: None,
    }
}

fn expiring(frame: &Frame, servers: &[LicenseServer]) -> Check {
    let soon = |server: &&LicenseServer| server.status.has(Flag::Expiring);
    let over = |server: &&LicenseServer| server.status.has(Flag::Expired);
    let (expiring, expired) = (servers.iter().filter(soon).count(), servers.iter().filter(over).count());
    let next = servers
        .iter()
        .filter(soon)
        .filter_map(|server| Some((server.nearest_expiry.as_ref()?, &server.name)))
        .min_by_key(|(expiry, _)| expiry.date.clone());
    let note = match (next, expired) {
        (Some((expiry, name)), _) => format!("Next: {name}, after {}", report::day(frame, &expiry.date)),
        (None, 0) => "None in the next 30 days".to_owned(),
        (None, _) => String::new(),
    };
    let gone = match expired {
        0 => String::new(),
        some => format!("{} expired already", show::count(number(some as u64), "server has", "servers have")),
    };
    let note = [note, gone].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ");
    let flag = if expiring == 0 && expired > 0 { "expired" } else { "expiring" };
    let is_fine = expiring + expired == 0;
    let flags = [("flag", flag)];
    Check {
        weight: if is_fine { Weight::InOrder } else { Weight::Look },
        what: "Licenses that expire within 30 days",
        figure: show::figure(number(expiring as u64)),
        note,
        href: Some(frame.link("/servers", &flags[..usize::from(!is_fine)])),
        go: "See licenses",
        act: None,
    }
}

fn rejected(store: &Store, frame: &Frame) -> Result<Check, Fault> {
    let from = frame.period.begins_at(frame.clock.zone);
    let locks = frame.rules.lock.locks_at(frame.period);
    let count = store.count_rejected(from, locks.min(frame.clock.now.plus_seconds(1)))?;
    Ok(Check {
        weight: if count > 0 { Weight::Look } else { Weight::InOrder },
        what: "Rejected uploads left to settle",
        figure: show::figure(count),
        note: match count {
            0 => "Whatever came was taken in".to_owned(),
            _ => "What they tell is in no figure".to_owned(),
        },
        href: Some(frame.link("/uploads", if count > 0 { &[("status", "rejected")] } else { &[] })),
        go: "Uploads",
        act: None,
    })
}

/// Days that are left, and in words.
pub fn days_to_lock(frame: &Frame) -> (i64, String) {
    let live = frame.rules.live_from.map_or(frame.period, |live| frame.period.max(live));
    let days = -frame.clock.days_since(frame.rules.lock.locks_at(live).plus_seconds(-1));
    let words = match days {
        0 => "tonight".to_owned(),
        1 => "in 1 day".to_owned(),
        days => format!("in {days} days"),
    };
    (days, words)
}

fn lock(frame: &Frame) -> Check {
    let month = show::month_name(frame.period);
    let (weight, figure, note) = match frame.status {
        Status::Open => {
            let (days, _) = days_to_lock(frame);
            let weight = if days <= 3 { Weight::Look } else { Weight::InOrder };
            (weight, show::figure(days), format!("{month} stays open until {}", frame.locks.text))
        }
        Status::Locked => {
            (Weight::InOrder, "0".to_owned(), format!("{month} is locked since {}", frame.locks.text))
        }
        Status::Closed => (Weight::InOrder, "0".to_owned(), format!("{month} is closed")),
    };
    Check { weight, what: "Days to the lock", figure, note, href: None, go: "", act: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_names_stand_for_many() {
        let all: Vec<String> = ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec();
        assert_eq!(names(&all), "a, b, c and 2 more");
        assert_eq!(names(&all[..2]), "a, b");
    }
}
