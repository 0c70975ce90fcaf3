//! The warning of a clock that is too far ahead to be believed: months wait until somebody has looked at the date.

use super::Banner;
use crate::domain::account::Role;
use crate::domain::instant::UtcInstant;
use crate::store::Store;
use crate::web::fault::Fault;
use crate::web::routes::ADMIN;
use crate::web::show::{self, Clock};

/// What an administrator agrees to, in the banner.
pub struct Confirms {
    /// `20 Feb 2027`: the year is what may be wrong.
    pub day: String,
    /// For the form: `2027-02-20`.
    pub date: String,
    /// What closes at once, as the box says it; empty where nothing does.
    pub cost: String,
}

/// `None` while the date is believed.
pub fn banner(store: &Store, clock: Clock, role: Role) -> Result<Option<Banner>, Fault> {
    let known = store.clock()?;
    let Some(newest) = known.newest.filter(|_| known.doubts(clock.now)) else { return Ok(None) };
    let (today, newest) = (day(clock, clock.now), day(clock, newest));
    let may_confirm = ADMIN.contains(&role);
    let who = if may_confirm { "you confirm the date" } else { "an administrator confirms the date" };
    let cost = cost(store, clock.now)?;
    Ok(Some(Banner {
        title: "Clock in doubt",
        text: format!(
            "This machine says {today}; the newest instant on record is of {newest}, more than 40 days before. No month \
             closes and tags are refused until {who}, or the clock is set right."
        ),
        confirms: may_confirm.then(|| Confirms {
            day: today,
            date: clock.zone.local_date(clock.now).to_string(),
            cost,
        }),
    }))
}

/// What closes at once when `now` is taken for true, in words; empty where nothing does.
pub fn cost(store: &Store, now: UtcInstant) -> Result<String, Fault> {
    let due = store.due_by(now)?;
    Ok(match (due.first(), due.last()) {
        (Some(first), Some(last)) if first != last => format!(
            "{} months close at once, {} to {}. This cannot be undone.",
            due.len(),
            show::month(*first),
            show::month(*last)
        ),
        (Some(only), _) => format!("{} closes at once. This cannot be undone.", show::month(*only)),
        _ => String::new(),
    })
}

fn day(clock: Clock, at: UtcInstant) -> String {
    show::day_and_year(clock.zone.local_date(at))
}
