//! `alias import`: a list of clear names against the scrambled ones.

use std::path::Path;

use serde::Serialize;

use crate::cli::changes::{Answer, make_identities, tell};
use crate::cli::table::{Column, Table, figure, visible};
use crate::cli::{Context, Failure, text_file};
use crate::name_list;
use crate::store::reidentify::{Matches, Unmade};

/// Matches and obstacles shown for people.
const SHOWN: usize = 20;

/// What the list told, then what became of it.
#[derive(Serialize)]
struct Imported<'a> {
    period: String,
    /// Clear names in the list, and lines that can be none.
    names: u64,
    unusable: u64,
    /// Scrambled names on record, by what became of them.
    scrambled: u64,
    matched: u64,
    already: u64,
    unmatched: u64,
    matches: Vec<Match<'a>>,
    ambiguous: Vec<Left<'a>>,
    blocked: Vec<Left<'a>>,
    #[serde(flatten)]
    answer: Answer<'a>,
}

#[derive(Serialize)]
struct Match<'a> {
    user: &'a str,
    of: &'a str,
}

#[derive(Serialize)]
struct Left<'a> {
    user: &'a str,
    names: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'a str>,
}

pub fn run(context: &Context, file: &Path, dry_run: bool) -> Result<(), Failure> {
    let bytes = text_file::read_bytes(file, "a list of names")?;
    let names = name_list::read(&bytes)
        .map_err(|error| Failure::failed(error.code, format!("{}: {}", file.display(), error.detail)))?;
    let mut store = context.writer_or_rehearser(dry_run)?;
    let found = store.match_names(names.iter().map(String::as_str), context.now())?;
    let done = make_identities(context, &mut store, &found.change(), dry_run)?;
    if context.json {
        let answer = Answer::of(done.changed, done.unchanged, &done.moves, done.batch_id, dry_run);
        return context.out().json(&imported(&found, answer));
    }
    print(context, &found)?;
    tell(context, &store, done, dry_run)
}

fn imported<'a>(found: &'a Matches, answer: Answer<'a>) -> Imported<'a> {
    let matches = found
        .links
        .iter()
        .filter_map(|link| link.of.as_ref().map(|of| Match { user: &link.user.given, of: &of.given }));
    Imported {
        period: found.since.to_string(),
        names: found.names,
        unusable: found.unusable,
        scrambled: found.scrambled,
        matched: found.links.len() as u64,
        already: found.already,
        unmatched: found.unmatched(),
        matches: matches.collect(),
        ambiguous: found.ambiguous.iter().map(left).collect(),
        blocked: found.blocked.iter().map(left).collect(),
        answer,
    }
}

fn left(unmade: &Unmade) -> Left<'_> {
    Left { user: &unmade.user, names: &unmade.names, why: unmade.why.as_deref() }
}

fn print(context: &Context, found: &Matches) -> Result<(), Failure> {
    let mut out = context.out();
    let number = |count: u64| figure(count as i64);
    let counts = [
        ("clear names in the list", found.names),
        ("lines that can be no name", found.unusable),
        ("scrambled names on record", found.scrambled),
        ("  matched", found.links.len() as u64),
        ("  known already", found.already),
        ("  may be several", found.ambiguous.len() as u64),
        ("  blocked by an alias", found.blocked.len() as u64),
        ("  not matched", found.unmatched()),
    ];
    let mut table = Table::new([Column::Text("From"), Column::Figure("")]);
    table.row([format!("(holds from {} on)", found.since), String::new()]);
    counts.into_iter().for_each(|(what, count)| table.row([what.to_owned(), number(count)]));
    table.print(&mut out)?;
    if !found.links.is_empty() {
        let mut table = Table::new(["Scrambled", "Counts as"].map(Column::Text));
        for link in found.links.iter().take(SHOWN) {
            table.row([
                link.user.given.clone(),
                link.of.as_ref().map_or(String::new(), |of| of.given.clone()),
            ]);
        }
        table.print(&mut out)?;
        let more = found.links.len().saturating_sub(SHOWN);
        if more > 0 {
            out.line(&format!("and {} more", number(more as u64)))?;
        }
    }
    for unmade in found.ambiguous.iter().chain(&found.blocked).take(SHOWN) {
        let names = unmade.names.join(" or ");
        let why = unmade.why.as_deref().unwrap_or("only one of them can be it");
        out.line(&visible(&format!("left: {} is {names}, but {why}", unmade.user)))?;
    }
    Ok(())
}
