//! Scrambled names and a list of clear ones: what matches becomes an alias, the list is kept nowhere.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::changes::{Changed, changed};
use crate::domain::error::quoted;
use crate::name_list;
use crate::store::reidentify::{Matches, Unmade};
use crate::web::body;
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, Parameter};
use crate::web::fault::Fault;

/// What a list of clear names tells of the scrambled ones, and what became of it.
#[derive(Serialize, ToSchema)]
pub struct Reidentified {
    /// The earliest open month: from it on it holds.
    pub period: String,
    /// Clear names in the list.
    pub names: u64,
    /// Lines that can be none.
    pub unusable: u64,
    /// Scrambled names on record.
    pub scrambled: u64,
    /// Of them: linked now, or to be linked.
    pub matched: u64,
    /// Linked so already.
    pub already: u64,
    /// That no name of the list gives.
    pub unmatched: u64,
    /// The first 100 that are matched.
    pub matches: Vec<Match>,
    /// The first 100 that may be one of several: none of them is linked.
    pub ambiguous: Vec<Left>,
    /// The first 100 that an alias on record stands in the way of.
    pub blocked: Vec<Left>,
    #[serde(flatten)]
    pub change: Changed,
}

#[derive(Serialize, ToSchema)]
pub struct Match {
    /// As it was seen.
    pub user: String,
    pub of: String,
}

#[derive(Serialize, ToSchema)]
pub struct Left {
    /// As it was seen.
    pub user: String,
    /// Names of the list that it may be.
    pub names: Vec<String>,
    pub why: Option<String>,
}

const SHOWN: usize = 100;

pub fn import_described() -> Described {
    Described::new(
        "Find out whom scrambled names hide, by a list of clear names",
        "The body is the list: UTF-8 text with one name a line, or CSV with a column such as SamAccountName or \
         UserPrincipalName; at most 1,000,000 names and 64 MiB. Each is tried as given, in lower and in upper case. What \
         matches counts as the clear name from the earliest open month on, all in one change that can be undone. The \
         list is kept nowhere.",
    )
    .takes(&[Parameter::new("dry_run", Kind::Truth, "true: changes nothing, and answers what would match and move.")])
    .body_bytes()
    .answers::<Reidentified>(200, "What matched, and what changed or would change")
}

pub async fn import(mut call: Call) -> Answer {
    // A misspelt dry_run would make the change.
    if let Some((other, _)) = call.query.iter().find(|(name, _)| *name != "dry_run") {
        return Err(Fault::malformed(format!("expected dry_run alone, found {}", quoted(other))));
    }
    let dry_run = match call.query.get("dry_run") {
        None | Some("false") => false,
        Some("true") => true,
        Some(other) => {
            let detail = format!("dry_run: expected true or false, found {}", quoted(other));
            return Err(Fault::malformed(detail));
        }
    };
    let bytes = body::read(&mut call.payload, &call.request, name_list::MOST_BYTES).await?;
    let (now, actor) = (call.now, call.actor());
    // Hashing a million names keeps no writer waiting.
    let found = call
        .read(move |store| {
            let names = name_list::read(&bytes)?;
            Ok(store.match_names(names.iter().map(String::as_str), now)?)
        })
        .await?;
    let answer = call
        .write(move |store| {
            let change = found.change();
            let change = if dry_run {
                let seen = store.preview_identities(&change, now, &actor)?;
                changed(seen.changed, seen.unchanged, seen.moves, None, None)
            } else {
                let done = store.make_identities(&change, now, &actor, true)?;
                changed(done.changed, done.unchanged, done.moves, done.batch_id, None)
            };
            Ok(reidentified(&found, change))
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

fn reidentified(found: &Matches, change: Changed) -> Reidentified {
    let matches = found.links.iter().take(SHOWN).map(|link| Match {
        user: link.user.given.clone(),
        of: link.of.as_ref().map_or(String::new(), |of| of.given.clone()),
    });
    Reidentified {
        period: found.since.to_string(),
        names: found.names,
        unusable: found.unusable,
        scrambled: found.scrambled,
        matched: found.links.len() as u64,
        already: found.already,
        unmatched: found.unmatched(),
        matches: matches.collect(),
        ambiguous: found.ambiguous.iter().take(SHOWN).map(left).collect(),
        blocked: found.blocked.iter().take(SHOWN).map(left).collect(),
        change,
    }
}

fn left(unmade: &Unmade) -> Left {
    Left { user: unmade.user.clone(), names: unmade.names.clone(), why: unmade.why.clone() }
}
