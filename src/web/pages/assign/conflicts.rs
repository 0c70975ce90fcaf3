//! What a change runs into: customers that lose users, tags of later months, and what the rules refuse.

use super::ask::{Act, Ask};
use super::set::Set;
use crate::domain::error::code;
use crate::domain::ids::ObjectKind;
use crate::store::Store;
use crate::store::batches::Preview;
use crate::web::fault::Fault;
use crate::web::frame::Frame;
use crate::web::pages::tagging::why_not;
use crate::web::show;

/// Customers told of.
const MOST: usize = 12;

pub struct Conflict {
    pub icon: &'static str,
    /// The fact, then what comes of it.
    pub fact: String,
    pub text: String,
    pub link: Option<(String, String)>,
}

impl Conflict {
    pub fn refused(frame: &Frame, fault: &Fault) -> Self {
        let mut found = frame.clock.in_words(fault.error.detail.trim_end_matches('.'));
        if fault.code() == code::PERIOD_LOCKED && !frame.is_open() {
            found = why_not(frame).trim_end_matches('.').to_owned();
        }
        if let Some(first) = found.get(..1) {
            found = first.to_uppercase() + &found[1..];
        }
        Self {
            icon: "bad",
            fact: format!("{found}."),
            text: format!("{} ({})", fault.code().remedy, fault.code().id),
            link: None,
        }
    }

    fn told(fact: String, text: impl Into<String>) -> Self {
        Self { icon: "info", fact, text: text.into(), link: None }
    }
}

pub fn of(
    store: &Store,
    frame: &Frame,
    ask: &Ask,
    set: &Set,
    preview: &Preview,
) -> Result<Vec<Conflict>, Fault> {
    let mut found = Vec::new();
    match &ask.act {
        Act::Assign(Some((to, name))) if ask.kind == ObjectKind::User => {
            found.extend(leaving(frame, ask, set, preview, to, name));
        }
        Act::Unfree => found.push(Conflict::told(
            "Who is seen on free license servers alone stays free.".to_owned(),
            "The others are paid for again.",
        )),
        Act::Free { .. } if ask.kind == ObjectKind::LicenseServer => found.push(Conflict::told(
            "All users of a free license server are free there.".to_owned(),
            "Who is seen elsewhere too is paid for.",
        )),
        _ => {}
    }
    let is_tag = matches!(ask.act, Act::Assign(_) | Act::Clear);
    if is_tag {
        found.extend(later(store, ask, set)?);
    }
    Ok(found)
}

fn leaving(frame: &Frame, ask: &Ask, set: &Set, preview: &Preview, to: &str, name: &str) -> Vec<Conflict> {
    let mut customers: Vec<(&str, u64)> = Vec::new();
    for found in &preview.moves {
        let Some(Some(from)) = &found.from else { continue };
        match customers.iter_mut().find(|(id, _)| id == from) {
            Some((_, users)) => *users += found.users,
            None => customers.push((from, found.users)),
        }
    }
    customers.retain(|(id, _)| *id != to);
    let shown = customers.iter().take(MOST).map(|(id, users)| {
        let group = set.at(ask, Some(id));
        let from = super::moves::name(set, None, id);
        let verb = if *users == 1 { "leaves" } else { "leave" };
        let text = match group.vias.as_slice() {
            [] => format!("From then on at {name} alone."),
            ["own tag"] => "By an own tag, which is replaced.".to_owned(),
            [via] => format!("There through the {via}; the new own tag wins."),
            vias => format!("There through {}; the new own tag wins.", vias.join(" and ")),
        };
        let link = group.filter.map(|filter| {
            (format!("See the {}", show::figure(group.users as i64)), frame.link("/users", &filter.pairs()))
        });
        let fact = format!("{} {verb} {from}.", show::count(*users as i64, "user", "users"));
        Conflict { icon: "warn", fact, text, link }
    });
    let mut found: Vec<Conflict> = shown.collect();
    if customers.len() > MOST {
        let more =
            show::count((customers.len() - MOST) as i64, "further customer loses", "further customers lose");
        found.push(Conflict::told(format!("{more} users too."), "What moves says which."));
    }
    found
}

/// Tags since a later month stay.
fn later(store: &Store, ask: &Ask, set: &Set) -> Result<Option<Conflict>, Fault> {
    let found = match ask.kind {
        ObjectKind::User => store.later_tags_of_users(&set.roster, &set.users)?,
        kind => store.later_tags(kind, &ask.objects, ask.period)?,
    };
    Ok(found.map(|later| {
        let have = if later.objects == 1 { "has" } else { "have" };
        let objects =
            show::count(later.objects as i64, super::words::one(ask.kind), super::words::many(ask.kind));
        let stays = if later.objects == 1 { "It stays." } else { "They stay." };
        let customer = later.customer.unwrap_or_else(|| "cleared".to_owned());
        Conflict::told(
            format!("{objects} {have} a tag of a later month."),
            format!("{}: {customer} since {}. {stays}", later.name, show::month(later.since)),
        )
    }))
}
