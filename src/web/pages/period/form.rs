//! The form that closes a month: what it costs in words, its stamp, and why it is not there for now.

use crate::domain::error::code;
use crate::export::Status;
use crate::store::Store;
use crate::store::checklist::{Checklist, Cost};
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::report::number;
use crate::web::show;

pub struct Form {
    /// `Close October`, on the button.
    pub button: String,
    /// What the box says, and what the form carries; `None` where it cannot be closed.
    pub asked: Option<Asked>,
    /// Beside the button.
    pub note: String,
}

/// What whoever closes agrees to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub sentence: String,
    /// The cost that the sentence states, and the figures that are sealed.
    pub stamp: String,
    /// Whether open months before it are closed with it.
    pub with_before: bool,
    /// What the sentence would say without its last part: for the notice that it has changed.
    pub cost: String,
}

impl Form {
    pub fn of(store: &Store, view: &View, frame: &Frame, checklist: &Checklist) -> Result<Self, Fault> {
        let month = show::month_name(checklist.period);
        let asked = asked(store, view, checklist)?.filter(|_| frame.may_operate());
        let button = match (&asked, checklist.before.len()) {
            (Some(Asked { with_before: true, .. }), before) => {
                format!("Close {} months up to {month} now", before + 1)
            }
            _ => format!("Close {month} now"),
        };
        let leave = || format!("it closes by itself on {}", frame.locks.text);
        let note = match (&asked, why_not(frame, checklist)) {
            (Some(_), Some(why)) => format!("{why} Or leave it: {}", leave()),
            (Some(_), None) => format!("or leave it: {}", leave()),
            (None, Some(why)) if frame.may_operate() => why,
            (None, _) => "Months are closed by operators and administrators, and by the clock.".to_owned(),
        };
        Ok(Self { button, asked, note })
    }
}

/// What is asked before the month is closed; `None` where it cannot be.
pub fn asked(store: &Store, view: &View, checklist: &Checklist) -> Result<Option<Asked>, Fault> {
    let month = show::month_name(checklist.period);
    let (cost, with_before) = match &checklist.refusal {
        _ if checklist.status != Status::Open => return Ok(None),
        None => (checklist.cost(), false),
        Some(refusal) if refusal.code == code::CLOSING_OUT_OF_ORDER && !checklist.before.is_empty() => {
            (store.cost_with_before(&view.app.memory, checklist)?, true)
        }
        Some(_) => return Ok(None),
    };
    let told = words(cost, with_before);
    let figures = store.statement_stamp(&view.app.memory, checklist)?;
    let (what, stamp) = match checklist.before.first() {
        Some(first) if with_before => {
            let months = checklist.before.len() + 1;
            let what = format!(
                "Close {months} months, {} to {}, with {told}.",
                show::month(*first),
                show::month(checklist.period)
            );
            (what, format!("{first}.{cost}.{figures}"))
        }
        _ => (format!("Close {month} with {told}."), format!("{cost}.{figures}")),
    };
    let sentence = format!("{what} This cannot be undone.");
    Ok(Some(Asked { sentence, stamp, with_before, cost: told }))
}

/// `208 unlinked users and 2 silent servers`.
fn words(cost: Cost, with_before: bool) -> String {
    let Cost { unlinked, servers, sites } = cost;
    let users = match with_before {
        true => ("unlinked user, counted month by month", "unlinked users, counted month by month"),
        false => ("unlinked user", "unlinked users"),
    };
    let parts: Vec<String> = [
        (unlinked, users),
        (servers, ("silent server", "silent servers")),
        (sites, ("silent site", "silent sites")),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, (one, many))| show::count(number(count), one, many))
    .collect();
    match &parts[..] {
        [] => "every user linked and every source reporting".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

/// Why it cannot be closed now, or not alone.
fn why_not(frame: &Frame, checklist: &Checklist) -> Option<String> {
    let month = show::month_name(checklist.period);
    if checklist.status == Status::Locked && !checklist.is_clock_doubted {
        return Some("It is due, and closes by itself within a minute.".to_owned());
    }
    let refusal = checklist.refusal.as_ref()?;
    Some(match refusal.code {
        code::PERIOD_NOT_OVER => {
            let over = checklist.period.plus_months(1).map(|next| next.begins_at(frame.clock.zone));
            let from = over.map_or_else(String::new, |over| frame.clock.when(over).text);
            format!("{month} is not over: it can be closed from {from} on.")
        }
        code::CLOSING_OUT_OF_ORDER => match checklist.before.first() {
            Some(first) => format!("{} comes first: months close in order.", show::month(*first)),
            None => "Closing begins with the first month with usage.".to_owned(),
        },
        code::CLOCK_SUSPECTED => {
            "The date of this machine is in doubt: nothing closes until it is confirmed.".to_owned()
        }
        _ => format!("{month} is closed."),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_box_states_what_closing_costs() {
        let cost = |unlinked, servers, sites| words(Cost { unlinked, servers, sites }, false);
        assert_eq!(cost(208, 2, 0), "208 unlinked users and 2 silent servers");
        assert_eq!(cost(1, 1, 1), "1 unlinked user, 1 silent server and 1 silent site");
        assert_eq!(cost(0, 0, 0), "every user linked and every source reporting");
        let with_before = words(Cost { unlinked: 1200, servers: 0, sites: 0 }, true);
        assert_eq!(with_before, "1,200 unlinked users, counted month by month");
    }
}
