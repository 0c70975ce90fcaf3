//! What is looked at before a month is reported or closed, in words: a line each, for pages and for the command line.

mod links;
mod words;

use super::show::Clock;
use crate::store::checklist::Checklist;

pub use links::Check;
pub use words::days_to_lock;

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

/// What a line is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    Unlinked,
    Servers,
    Sites,
    SilentDays,
    BareNames,
    Moved,
    Expiring,
    Rejected,
    Late,
    Clock,
    Lock,
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub about: About,
    pub weight: Weight,
    pub what: &'static str,
    pub figure: String,
    pub note: String,
}

/// Before a month is reported.
const REPORTING: &[About] = &[
    About::Unlinked,
    About::Servers,
    About::Sites,
    About::SilentDays,
    About::Moved,
    About::Expiring,
    About::Rejected,
    About::Lock,
];

/// Before it is closed.
const CLOSING: &[About] = &[
    About::Unlinked,
    About::Servers,
    About::Sites,
    About::SilentDays,
    About::BareNames,
    About::Moved,
    About::Rejected,
    About::Late,
    About::Clock,
];

/// Before the month is reported. `inside`: with what a distributor does not see.
pub fn reporting(checklist: &Checklist, clock: Clock, inside: bool) -> Vec<Line> {
    lines(REPORTING, checklist, clock, inside)
}

/// Before it is closed.
pub fn closing(checklist: &Checklist, clock: Clock, inside: bool) -> Vec<Line> {
    lines(CLOSING, checklist, clock, inside)
}

fn lines(about: &[About], checklist: &Checklist, clock: Clock, inside: bool) -> Vec<Line> {
    let shown = |about: &&About| match about {
        About::Servers => !checklist.servers.is_empty(),
        About::Sites => !checklist.sites.is_empty(),
        About::Rejected | About::BareNames => inside,
        _ => true,
    };
    about.iter().filter(shown).map(|about| words::line(*about, checklist, clock)).collect()
}
