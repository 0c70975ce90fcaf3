//! Who is who: users who may be one, bare names on several sources, scrambled names, and the aliases on record.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use super::tagging::why_not;
use crate::store::Store;
use crate::store::roster::{BareName, Filter, Reason, RosterSource, Suggestion};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show::{self, UserName, When};

mod ask;
mod change;
mod list;
mod pending;

pub use change::{change, preview};
pub use list::{identify, look};
pub use pending::Pending;

/// Rows shown of each part; the API has all.
const ROWS: usize = 40;

#[derive(Template)]
#[template(path = "pages/names.html")]
struct Page {
    frame: Frame,
    pairs: Vec<Pair>,
    pairs_told: String,
    bare: Vec<Bare>,
    bare_told: String,
    domains: Domains,
    scrambled: i64,
    /// The list of them.
    scrambled_href: String,
    /// The month from which on a match holds.
    since: String,
    aliases: Vec<Alias>,
    aliases_told: String,
    may_change: bool,
    /// Why nothing of the month can be changed, with the address of the month that can.
    locked: Option<(String, String, String)>,
    /// Address of the form with the list.
    action: String,
}

/// Two who may be one.
pub struct Pair {
    pub user: UserName,
    pub key: String,
    pub href: String,
    pub of: UserName,
    pub of_key: String,
    pub of_href: String,
    pub why: String,
}

struct Bare {
    name: String,
    href: String,
    sources: String,
}

/// Default domains of some sources, each with its form for those who may change it.
pub struct Domains {
    pub rows: Vec<Domain>,
    pub may_change: bool,
    /// Why they cannot be changed, for those who may in another month.
    pub why_not: String,
}

pub struct Domain {
    pub kind: String,
    pub id: String,
    pub name: String,
    pub domain: String,
}

impl Domains {
    /// Of sources by kind, id and name.
    pub fn of<'a>(
        store: &Store,
        frame: &Frame,
        sources: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    ) -> Result<Self, Fault> {
        let set = store.default_domains(frame.period)?;
        let row = |(kind, id, name): (&str, &str, &str)| Domain {
            domain: set.get(&(kind.to_owned(), id.to_owned())).cloned().unwrap_or_default(),
            kind: kind.to_owned(),
            id: id.to_owned(),
            name: name.to_owned(),
        };
        Ok(Self {
            rows: sources.take(ROWS).map(row).collect(),
            may_change: frame.may_operate() && frame.is_open(),
            why_not: if frame.may_operate() && !frame.is_open() { why_not(frame) } else { String::new() },
        })
    }
}

struct Alias {
    user: UserName,
    key: String,
    href: String,
    of: UserName,
    of_href: String,
    since: String,
    at: When,
    by: String,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call.read(move |store| page(store, &view)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Users, "Who is who")?;
    frame.title = format!("Who is who, {}", frame.month);
    let roster = view.app.memory.roster(store, frame.period)?;
    let (found, all) = roster.suggestions(ROWS);
    let pairs: Vec<Pair> = found.iter().map(|one| pair(&frame, one)).collect();
    let names = view.app.memory.bare_names(store, frame.period)?;
    let bare: Vec<Bare> = names.iter().take(ROWS).map(|at| bare(&frame, &roster.bare_name(*at))).collect();
    let scrambled = roster.select(&Filter { scrambled: Some(true), ..Filter::default() }).total() as i64;
    let known = store.count_aliases(frame.period)?;
    let aliases = store.list_aliases(frame.period, None, ROWS)?;
    Ok(Page {
        pairs_told: told(pairs.len(), all, "pair", "pairs"),
        bare_told: told(bare.len(), names.len(), "name", "names"),
        aliases_told: told(aliases.len(), usize::try_from(known).unwrap_or(usize::MAX), "alias", "aliases"),
        aliases: aliases.into_iter().filter_map(|one| alias(&frame, one)).collect(),
        domains: domains(store, &frame, &roster.sources_of(&names))?,
        scrambled,
        scrambled_href: frame.link("/users", &[("scrambled", "true")]),
        since: show::month(store.earliest_open(frame.clock.now)?),
        may_change: frame.may_operate() && frame.is_open(),
        locked: locked(&frame),
        action: crate::web::pairs::href(
            "/names/file",
            &[("csrf", &frame.csrf), ("period", &frame.period.to_string())],
        ),
        pairs,
        bare,
        frame,
    })
}

/// `40 of 312 pairs shown`; empty where all are.
fn told(shown: usize, all: usize, one: &str, many: &str) -> String {
    match shown == all {
        true => String::new(),
        false => format!("The first {shown} of {} are shown.", show::count(all as i64, one, many)),
    }
}

pub fn pair(frame: &Frame, one: &Suggestion<'_>) -> Pair {
    let why: Vec<&str> = one.reasons.iter().map(|reason| word(*reason)).collect();
    Pair {
        user: UserName::of(one.user.1),
        key: one.user.0.to_owned(),
        href: frame.link("/user", &[("id", one.user.0)]),
        of: UserName::of(one.of.1),
        of_key: one.of.0.to_owned(),
        of_href: frame.link("/user", &[("id", one.of.0)]),
        why: why.join(", "),
    }
}

fn word(reason: Reason) -> &'static str {
    match reason {
        Reason::Domain => "domains agree",
        Reason::Customer => "same customer",
        Reason::Bare => "one has no domain",
        Reason::Forms => "two forms of a name",
    }
}

fn bare(frame: &Frame, name: &BareName<'_>) -> Bare {
    let sources: Vec<_> = name.sources.iter().map(|source| source.name).collect();
    Bare {
        name: name.name.to_owned(),
        href: frame.link("/user", &[("id", name.key)]),
        sources: sources.join(", "),
    }
}

fn alias(frame: &Frame, one: crate::store::aliases::Alias) -> Option<Alias> {
    let of = one.of?;
    Some(Alias {
        user: UserName::of(&one.user.name),
        href: frame.link("/user", &[("id", &one.user.key)]),
        key: one.user.key,
        of: UserName::of(&of.name),
        of_href: frame.link("/user", &[("id", &of.key)]),
        since: show::month(one.since),
        at: frame.when(&one.changed_at),
        by: super::who(&crate::store::Actor(one.changed_by)),
    })
}

/// Sources that report a bare name which another reports too, and those with a default domain.
fn domains(store: &Store, frame: &Frame, unclear: &[RosterSource<'_>]) -> Result<Domains, Fault> {
    let set = store.default_domains(frame.period)?;
    let mut asked: Vec<(&str, &str)> = unclear.iter().map(|source| (source.kind, source.id)).collect();
    asked.sort_unstable();
    let all = store.list_sources(frame.period)?;
    let wanted = all.iter().map(|source| (source.kind.as_str(), source.id.as_str(), source.name.as_str()));
    let wanted = wanted.filter(|(kind, id, _)| {
        set.contains_key(&((*kind).to_owned(), (*id).to_owned())) || asked.binary_search(&(kind, id)).is_ok()
    });
    Domains::of(store, frame, wanted)
}

/// For those who may change something in a month that takes it.
pub fn locked(frame: &Frame) -> Option<(String, String, String)> {
    (frame.may_operate() && !frame.is_open()).then(|| {
        let open = frame.rules.month_to_change(frame.clock.now);
        let href = crate::web::pairs::href("/names", &[("period", &open.to_string())]);
        (why_not(frame), show::month(open), href)
    })
}
