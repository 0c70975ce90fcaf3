//! The sentences of a change: its question, its button, its result.

use super::ask::{Act, Ask};
use super::set::Set;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::store::batches::Done;
use crate::web::frame::Frame;
use crate::web::show::{self, Clock};

pub fn one(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::User => "user",
        ObjectKind::LicenseServer => "license server",
        ObjectKind::Site => "site",
        ObjectKind::DeliveryGroup => "delivery group",
        ObjectKind::NetScaler => "NetScaler allocation",
    }
}

pub fn many(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::User => "users",
        ObjectKind::LicenseServer => "license servers",
        ObjectKind::Site => "sites",
        ObjectKind::DeliveryGroup => "delivery groups",
        ObjectKind::NetScaler => "NetScaler allocations",
    }
}

/// Where the way back leads.
pub fn crumb(kind: ObjectKind) -> &'static str {
    match kind {
        ObjectKind::User => "Users",
        ObjectKind::LicenseServer => "Servers",
        ObjectKind::Site | ObjectKind::DeliveryGroup => "Sites",
        ObjectKind::NetScaler => "NetScaler",
    }
}

/// `146 users`; one alone by its name.
pub fn objects(ask: &Ask, set: &Set) -> String {
    match set.names.first() {
        Some(name) if set.size == 1 && ask.kind == ObjectKind::User => name.clone(),
        Some(name) if set.size == 1 => format!("{} {name}", one(ask.kind)),
        _ => show::count(set.size as i64, one(ask.kind), many(ask.kind)),
    }
}

/// `Assign 146 users to Beta`.
pub fn act(ask: &Ask, objects: &str) -> String {
    match &ask.act {
        Act::Assign(Some((_, name))) => format!("Assign {objects} to {name}"),
        Act::Assign(None) => format!("Assign {objects}"),
        Act::Clear => format!("Clear the tag of {objects}"),
        Act::Free { reason, .. } => format!("Mark {objects} free: {reason}"),
        Act::Unfree => format!("Unmark {objects}"),
    }
}

/// `12 of 50 users`: as many of them as change.
pub fn part(ask: &Ask, objects: &str, changing: usize, size: usize) -> String {
    if changing == size || changing == 0 {
        return objects.to_owned();
    }
    format!(
        "{} of {}",
        show::figure(changing as i64),
        show::count(size as i64, one(ask.kind), many(ask.kind))
    )
}

/// Why a preview has no button.
pub fn nothing(objects: &str, size: usize) -> String {
    format!("Nothing to change: {}", nothing_more(objects, size))
}

/// `all 177 users have it already.`, as a sentence of its own.
pub fn nothing_more(objects: &str, size: usize) -> String {
    match size {
        0 => "nobody matches any more.".to_owned(),
        1 => format!("{objects} has it already."),
        _ => format!("all {objects} have it already."),
    }
}

/// In the midst of a title.
pub fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// `Set of 146 users as of 09:12, stamp`, and the stamp in short.
pub fn set(frame: &Frame, objects: &str, stamp: &str) -> (String, String) {
    let hash = stamp.rsplit('.').next().unwrap_or_default();
    let short = match (hash.get(..4), hash.get(16..20)) {
        (Some(first), Some(second)) => format!("{first}-{second}"),
        _ => hash.to_owned(),
    };
    let now = frame.clock.when(frame.clock.now).text;
    (format!("Set of {objects} as of {}, stamp", time_of(&now)), short)
}

/// `09:12` of `5 Nov 09:12`.
fn time_of(shown: &str) -> &str {
    shown.rsplit(' ').next().unwrap_or(shown)
}

/// What was done, in a sentence.
pub fn result(ask: &Ask, done: &Done) -> String {
    let figure = |number: u64| show::figure(number as i64);
    let changed = show::count(done.changed as i64, one(ask.kind), many(ask.kind));
    match &ask.act {
        Act::Assign(Some((id, name))) => {
            let to = Some(Some(id.clone()));
            let moved: u64 = done.moves.iter().filter(|one| one.to == to).map(|one| one.users).sum();
            match (ask.kind, moved) {
                (ObjectKind::User, moved) if moved == done.changed => {
                    format!("{} moved to {name}.", show::count(moved as i64, "user", "users"))
                }
                (_, 0) => format!("{changed} assigned to {name}; nobody moves."),
                (_, moved) => format!("{changed} assigned to {name}, {} users moved there.", figure(moved)),
            }
        }
        Act::Assign(None) | Act::Clear => format!("The tag of {changed} is cleared."),
        Act::Free { reason, .. } => format!("{changed} marked free: {reason}."),
        Act::Unfree => format!("{changed} no longer marked free."),
    }
}

/// `Undo until tomorrow 09:14.`
pub fn until(clock: Clock, now: UtcInstant, locks: UtcInstant) -> String {
    let day_after = now.plus_seconds(24 * 3600);
    if locks < day_after {
        return format!("Undo until the month locks, {}.", clock.when(locks).text);
    }
    format!("Undo until tomorrow {}.", time_of(&clock.when(day_after).text))
}

/// `The set changed since 09:12: 146 users then, 149 now. Look again.`
pub fn stale(frame: &Frame, ask: &Ask, now: usize) -> String {
    let seen = ask.seen.map(|seen| frame.clock.when(seen).text);
    let since = seen.as_deref().map_or_else(String::new, |seen| format!(" since {}", time_of(seen)));
    // A stamp begins with the month and the size of its set.
    let then = ask.stamp.as_deref().and_then(|stamp| stamp.split('.').nth(1)?.parse::<i64>().ok());
    let now = now as i64;
    match then {
        Some(then) if then == now => {
            format!(
                "The set changed{since}: {} then and now, but not the same. Look again.",
                show::count(now, "user", "users")
            )
        }
        Some(then) => format!(
            "The set changed{since}: {} then, {} now. Look again.",
            show::count(then, "user", "users"),
            show::figure(now)
        ),
        None => format!("The set changed{since}. Look again."),
    }
}
