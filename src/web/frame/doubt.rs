//! The warning of a clock that is too far ahead to be believed: months wait until somebody has looked at the date.

use super::Banner;
use crate::domain::account::Role;
use crate::store::Store;
use crate::web::fault::Fault;
use crate::web::routes::ADMIN;
use crate::web::show::Clock;

/// `None` while the date is believed.
pub fn banner(store: &Store, clock: Clock, role: Role) -> Result<Option<Banner>, Fault> {
    let known = store.clock()?;
    let Some(newest) = known.newest.filter(|_| known.doubts(clock.now)) else { return Ok(None) };
    let (now, newest) = (clock.when(clock.now).text, clock.when(newest).text);
    let may_confirm = ADMIN.contains(&role);
    let who = if may_confirm { "you confirm the date" } else { "an administrator confirms the date" };
    Ok(Some(Banner {
        title: "Clock in doubt",
        text: format!(
            "This machine says {now}; the newest instant on record is {newest}, more than 40 days before. No month \
             closes and tags are refused until {who}, or the clock is set right."
        ),
        confirms: may_confirm.then(|| (clock.day(clock.now), clock.zone.local_date(clock.now).to_string())),
    }))
}
