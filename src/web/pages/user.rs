//! One user: where it counts and why, every fact with its upload, and what was decided about the name.

use actix_web::http::StatusCode;
use askama::Template;

use super::names::{self, Pair};
use super::render;
use super::tagging::customer_link;
use super::users::{self, Customers, words};
use crate::domain::error::quoted;
use crate::domain::user_key::{is_bare, is_scrambled, user_key};
use crate::store::Store;
use crate::store::object_history::{FreeChange, ObjectHistory, TagChange};
use crate::store::roster::{Filter, Roster};
use crate::store::user::{AliasEntry, User, UserFact};
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::show::{self, UserName, When};

/// Facts shown; a year of a user with four sources has 48.
const FACTS: usize = 240;

#[derive(Template)]
#[template(path = "pages/user.html")]
struct Page {
    frame: Frame,
    key: String,
    name: UserName,
    /// What the month says of it, as sentences.
    told: Vec<String>,
    facts: Vec<Fact>,
    facts_left_out: bool,
    tags: Vec<Tag>,
    flags: Vec<Flag>,
    counts_as: Vec<Alias>,
    aliases: Vec<Alias>,
    /// Counts as another in the month.
    is_alias: bool,
    pairs: Vec<Pair>,
    to_names: String,
    customers: Customers,
    may_change: bool,
    /// Why nothing can be changed, with the address of the month that can.
    locked: Option<(String, String, String)>,
    back: String,
    next: String,
    previous_user: Option<(String, UserName)>,
    next_user: Option<(String, UserName)>,
}

struct Fact {
    month: String,
    feature: String,
    source: String,
    source_href: Option<String>,
    /// Where another name of this user was seen.
    seen_as: Option<String>,
    first_seen: When,
    upload: String,
    upload_href: String,
    late: bool,
}

struct Tag {
    since: String,
    customer: Option<(String, String)>,
    at: When,
    by: String,
}

struct Flag {
    since: String,
    reason: Option<String>,
    note: String,
    at: When,
    by: String,
}

struct Alias {
    since: String,
    user: Option<(String, String)>,
    at: When,
    by: String,
}

pub async fn show(call: Call) -> Answer {
    let mut view = View::of(&call)?;
    let key = users::key_of(&call.query)?;
    view.query = view.query.with("id", Some(&key));
    let page = call.read(move |store| page(store, &view, key)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, key: String) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Users, "User")?;
    let roster = view.app.memory.roster(store, frame.period)?;
    let at = roster.find(&key);
    let user = match (store.find_user(&key, None)?, at) {
        (Some(user), _) => user,
        // Named by a default domain alone.
        (None, Some(at)) => unnamed(&roster, at),
        (None, None) => {
            let detail = format!("expected a user that an upload or a tag names, found {}", quoted(&key));
            return Err(Fault::not_found(detail));
        }
    };
    frame.title = format!("{}, {}", user.name, frame.month);
    let neighbour = |at: Option<u32>| {
        let at = at.filter(|at| (*at as usize) < roster.len())?;
        let other = roster.user(at, None);
        Some((frame.link("/user", &[("id", other.key)]), UserName::of(other.name)))
    };
    let may_change = frame.may_operate() && frame.is_open();
    let locked = (frame.may_operate() && !frame.is_open()).then(|| {
        let (reason, month, _) = users::locked(&frame, &Filter::default());
        let open = frame.rules.month_to_change(frame.clock.now).to_string();
        (reason, month, crate::web::pairs::href("/user", &[("id", &key), ("period", &open)]))
    });
    Ok(Page {
        told: told(store, &frame, &roster, at, &user)?,
        facts_left_out: user.facts.len() > FACTS,
        facts: user.facts.iter().take(FACTS).map(|fact| shown(&frame, &user, fact)).collect(),
        tags: user.history.tags.iter().map(|change| tag(&frame, change)).collect(),
        flags: user.history.free_flags.iter().map(|change| flag(&frame, change)).collect(),
        counts_as: user.counts_as.iter().map(|entry| alias(&frame, entry)).collect(),
        aliases: user.aliases.iter().map(|entry| alias(&frame, entry)).collect(),
        is_alias: user
            .counts_as
            .iter()
            .find(|entry| entry.since <= frame.period)
            .is_some_and(|entry| entry.user.is_some()),
        pairs: roster.suggestions_for(&key).iter().map(|one| names::pair(&frame, one)).collect(),
        to_names: frame.link("/names", &[]),
        customers: Customers::of(store)?,
        may_change,
        locked,
        back: frame.link("/users", &[]),
        next: frame.link("/user", &[("id", &key)]),
        previous_user: neighbour(at.and_then(|at| at.checked_sub(1))),
        next_user: neighbour(at.map(|at| at + 1)),
        name: UserName::of(&user.name),
        key,
        frame,
    })
}

fn unnamed(roster: &Roster, at: u32) -> User {
    let user = roster.user(at, None);
    User {
        key: user.key.to_owned(),
        name: user.name.to_owned(),
        facts: Vec::new(),
        history: ObjectHistory::default(),
        counts_as: Vec::new(),
        aliases: Vec::new(),
    }
}

/// Where the user counts in the month, and what its name is.
fn told(
    store: &Store,
    frame: &Frame,
    roster: &Roster,
    at: Option<u32>,
    user: &User,
) -> Result<Vec<String>, Fault> {
    let mut told = Vec::new();
    match at.map(|at| roster.user(at, None)) {
        None if user.facts.is_empty() => {
            told.push("No upload has shown this user yet; its tags wait.".to_owned());
        }
        None => match store.alias_of(&user.key, frame.period)?.and_then(|alias| alias.of) {
            Some(of) => told.push(format!("Counts as {} in {}.", of.name, frame.month)),
            None => told.push(format!("Not seen in {}.", frame.month)),
        },
        Some(found) => {
            for place in &found.places {
                told.push(match place.customer {
                    Some(customer) => format!("Counts for {customer}, via {}.", words::via(place.via)),
                    None => "Unlinked: no tag on user or source.".to_owned(),
                });
            }
            told.push(match users::free(store, frame, &found)?.as_str() {
                "paid" => "Paid.".to_owned(),
                "free server" => "Free: seen on free license servers only.".to_owned(),
                reason => format!("Free: {reason}."),
            });
            if found.new {
                told.push("New this month.".to_owned());
            }
            if found.scrambled {
                told.push("The name arrived scrambled.".to_owned());
            }
        }
    }
    if is_bare(&user.name) && !is_scrambled(&user.name) {
        told.push("A bare name, without domain: it may be another person on every source.".to_owned());
    }
    Ok(told)
}

fn shown(frame: &Frame, user: &User, fact: &UserFact) -> Fact {
    let source_href =
        (fact.source_kind == "license-server").then(|| frame.link("/server", &[("id", &fact.source)]));
    Fact {
        month: show::month(fact.period),
        feature: words::feature(&fact.feature),
        source: fact.source_name.clone(),
        source_href,
        seen_as: (fact.seen_as != user.key).then(|| fact.seen_as.clone()),
        first_seen: frame.when(&fact.first_seen),
        upload: fact.upload_id.clone(),
        upload_href: frame.link("/upload", &[("id", &fact.upload_id)]),
        late: fact.late,
    }
}

fn tag(frame: &Frame, change: &TagChange) -> Tag {
    Tag {
        since: show::month(change.since),
        customer: customer_link(frame, change.customer.as_ref()),
        at: frame.when(&change.changed_at),
        by: change.changed_by.clone(),
    }
}

fn flag(frame: &Frame, change: &FreeChange) -> Flag {
    Flag {
        since: show::month(change.since),
        reason: change.reason.clone(),
        note: change.note.clone().unwrap_or_default(),
        at: frame.when(&change.changed_at),
        by: change.changed_by.clone(),
    }
}

fn alias(frame: &Frame, entry: &AliasEntry) -> Alias {
    let link = |key: &String| (key.clone(), frame.link("/user", &[("id", &user_key(key))]));
    Alias {
        since: show::month(entry.since),
        user: entry.user.as_ref().map(link),
        at: frame.when(&entry.changed_at),
        by: entry.changed_by.clone(),
    }
}
