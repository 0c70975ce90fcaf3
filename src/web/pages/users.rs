//! Users of a month: the work page. Narrow by chips, tick, and change many at once through a preview.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use crate::domain::error::{code, quoted};
use crate::domain::ids::ObjectKind;
use crate::domain::user_key::user_key;
use crate::export::Status;
use crate::store::Store;
use crate::store::assignments::ObjectRef;
use crate::store::roster::{Filter, Roster, RosterUser, Start};
use crate::web::call::{Answer, Call};
use crate::web::components::{Chip, Pages};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::Pairs;
use crate::web::show::{self, UserName};

mod bulk;
mod chips;
pub mod words;

use bulk::Bulk;
pub use bulk::{Customers, encoded};

/// Rows of a page: with names and marks of usual length far below 100 KB.
const ROWS: usize = 50;

#[derive(Template)]
#[template(path = "pages/users.html")]
struct Page {
    frame: Frame,
    /// `208 of 5,490 match.`
    told: String,
    is_empty_month: bool,
    used: Vec<Chip>,
    /// Filters in use by their bare words, for the sentence that nobody matches.
    used_words: String,
    clear_all: String,
    narrow: Vec<Chip>,
    more: Vec<(&'static str, Vec<Chip>)>,
    /// Of the field for a part of the name; the other filters travel beside it.
    q: String,
    others: Vec<(String, String)>,
    caption: String,
    /// The file of those who match: its words and address.
    export: Option<(String, String)>,
    rows: Vec<Row>,
    pages: Pages,
    bulk: Option<Bulk>,
    /// Why nothing can be changed, with the address of the month that can.
    locked: Option<(String, String, String)>,
}

struct Row {
    key: String,
    shown: String,
    name: UserName,
    href: String,
    /// Bare, scrambled, alias, new.
    marks: Vec<&'static str>,
    features: String,
    sources: String,
    places: Vec<Place>,
    free: String,
}

struct Place {
    customer: Option<String>,
    via: &'static str,
}

pub async fn list(call: Call) -> Answer {
    let view = View::of(&call)?;
    let filter = filter(&view.query)?;
    let page = call.read(move |store| page(store, &view, filter)).await?;
    render(StatusCode::OK, &page)
}

/// What the address says. Errors: `SEAT-C04`.
pub fn filter(query: &Pairs) -> Result<Filter, Fault> {
    // Of the frame and of the place in the list.
    const OTHERS: [&str; 5] = ["period", "product", "after", "before", "at"];
    Ok(Filter::parse(query.iter().filter(|(name, _)| !OTHERS.contains(name)))?)
}

fn start(query: &Pairs) -> Result<Start<'_>, Fault> {
    Ok(match (query.get("after"), query.get("before"), query.get("at")) {
        (None, None, None) => Start::First,
        (Some(key), None, None) => Start::After(key),
        (None, Some(key), None) => Start::Before(key),
        (None, None, Some("last")) => Start::Last,
        (None, None, Some(other)) => {
            return Err(Fault::malformed(format!("at: expected last, found {}", quoted(other))));
        }
        _ => return Err(Fault::malformed("expected one of after, before and at, found several")),
    })
}

fn page(store: &Store, view: &View, filter: Filter) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Users, "Users")?;
    let roster = view.app.memory.roster(store, frame.period)?;
    let selection = roster.select(&filter);
    let found = roster.page(&selection, start(&view.query)?, ROWS);
    let customers = Customers::of(store)?;
    let words = words::filters(&filter, &roster, |id| customers.name(id));
    frame.title = title(&frame.month, &words);
    let list = |pairs: &[(&str, &str)]| frame.link("/users", pairs);
    let mut rows = Vec::new();
    for user in roster.users(&selection, &found) {
        rows.push(row(store, &frame, &user)?);
    }
    let pages = Pages::of(
        &found,
        found.users.first().zip(found.users.last()).map(|(a, b)| (roster.key(*a), roster.key(*b))),
        |step| {
            let mut pairs = filter.pairs();
            pairs.extend(step);
            list(&pairs)
        },
    );
    let used = words.iter().map(|(name, label)| {
        let without: Vec<_> = filter.pairs().into_iter().filter(|(other, _)| other != name).collect();
        Chip::used(label, None, list(&without))
    });
    let (narrow, more) = chips::narrow(&filter, &selection, &list);
    let mut others: Vec<(String, String)> = Vec::new();
    others.push(("period".to_owned(), frame.period.to_string()));
    others.extend(filter.pairs().into_iter().filter(|(name, _)| *name != "q").map(owned));
    let may_change = frame.may_operate() && !roster.is_empty();
    Ok(Page {
        told: told(
            &roster,
            selection.total(),
            !words.is_empty(),
            (may_change && frame.is_open()).then_some(show::month_name(frame.period)),
        ),
        is_empty_month: roster.is_empty(),
        used: used.collect(),
        used_words: joined(words.iter().map(|(_, label)| label.as_str())),
        clear_all: list(&[]),
        narrow,
        more,
        q: filter.q.clone().unwrap_or_default(),
        others,
        caption: caption(&pages.text, &words),
        export: (!words.is_empty() && selection.total() > 0).then(|| {
            let mut pairs = vec![("report", "users")];
            pairs.extend(filter.pairs());
            let words = format!("Export {}", these(selection.total()));
            (words, frame.link("/exports/download", &pairs))
        }),
        bulk: (may_change && frame.is_open() && !rows.is_empty())
            .then(|| Bulk::of(&filter, &selection, customers, &view.query, &rows)),
        locked: (may_change && !frame.is_open()).then(|| locked(&frame, &filter)),
        rows,
        pages,
        frame,
    })
}

/// `Users 1 to 50 of 62, by name: Unlinked`; on paper nothing else tells the filters.
fn caption(pages: &str, words: &[(&str, String)]) -> String {
    let words: Vec<_> = words.iter().map(|(_, label)| label.as_str()).collect();
    let of = if words.is_empty() { String::new() } else { format!(": {}", words.join(", ")) };
    format!("Users {pages}, by name{of}")
}

fn these(users: usize) -> String {
    if users == 1 { "this user".to_owned() } else { format!("these {}", show::figure(users as i64)) }
}

fn owned((name, value): (&str, &str)) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

fn title(month: &str, words: &[(&str, String)]) -> String {
    let words: Vec<_> = words.iter().map(|(_, label)| label.to_lowercase()).collect();
    if words.is_empty() { format!("Users, {month}") } else { format!("Users, {}, {month}", words.join(", ")) }
}

/// `Unlinked and Source: LIC07`.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" and ")
}

fn told(roster: &Roster, found: usize, is_filtered: bool, month: Option<&str>) -> String {
    let number = |count: usize| show::figure(count as i64);
    let mut told = match is_filtered {
        true => format!("{} of {} match.", number(found), number(roster.len())),
        false => format!("{}.", show::count(found as i64, "user", "users")),
    };
    if let Some(month) = month.filter(|_| found > 0) {
        told.push_str(&format!(" Tags saved here hold from {month} on, until changed."));
    }
    told
}

fn row(store: &Store, frame: &Frame, user: &RosterUser<'_>) -> Result<Row, Fault> {
    let marks = [
        (user.bare && !user.scrambled, "bare name"),
        (user.scrambled, "scrambled"),
        (user.aliased, "with alias"),
        (user.new, "new"),
    ];
    let places = user
        .places
        .iter()
        .map(|place| Place { customer: place.customer.map(str::to_owned), via: words::via(place.via) });
    let mut sources: Vec<_> = user.sources.iter().map(|source| source.name).collect();
    sources.sort_unstable();
    Ok(Row {
        key: user.key.to_owned(),
        shown: user.name.to_owned(),
        name: UserName::of(user.name),
        href: frame.link("/user", &[("id", user.key)]),
        marks: marks.into_iter().filter_map(|(is, word)| is.then_some(word)).collect(),
        features: user.features.iter().map(|code| words::feature(code)).collect::<Vec<_>>().join(", "),
        sources: sources.join(", "),
        places: places.collect(),
        free: free(store, frame, user)?,
    })
}

/// The reason of a flag; where the user is free without one, that a free server is why.
pub fn free(store: &Store, frame: &Frame, user: &RosterUser<'_>) -> Result<String, Fault> {
    if user.flagged {
        let history = store.history_of(&ObjectRef::new(ObjectKind::User, user.key))?.unwrap_or_default();
        let now = history.free_flags.into_iter().find(|flag| flag.since <= frame.period);
        return Ok(now.and_then(|flag| flag.reason).unwrap_or_else(|| "free".to_owned()));
    }
    Ok(if user.free { "free server" } else { "paid" }.to_owned())
}

/// Why the month takes no tags, what the open one is called, and its address.
pub fn locked(frame: &Frame, filter: &Filter) -> (String, String, String) {
    let reason = match frame.status {
        Status::Closed => format!("{} is closed, so its tags cannot change.", frame.month),
        _ => format!("{} is locked since {}, so its tags cannot change.", frame.month, frame.locks.text),
    };
    let open = frame.rules.month_to_change(frame.clock.now);
    let mut pairs = Pairs::default();
    pairs.push("period", &open.to_string());
    filter.pairs().into_iter().for_each(|(name, value)| pairs.push(name, value));
    (reason, show::month(open), pairs.href("/users"))
}

/// The user of an address, whatever the spelling. Errors: 404.
pub fn key_of(query: &Pairs) -> Result<String, Fault> {
    let key = user_key(Call::field(query, "id")?);
    if key.len() > 1024 || key.chars().any(char::is_control) {
        return Err(Fault::new(StatusCode::NOT_FOUND, code::NOT_FOUND, "expected the name of a user"));
    }
    Ok(key)
}
