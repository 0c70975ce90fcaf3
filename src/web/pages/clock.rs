//! Takes the date of this machine for true, from the warning that stands above every page while it is in doubt.

use super::own_path;
use crate::domain::account::Role;
use crate::store::{Commit, sessions};
use crate::web::call::{Answer, Call, Who};
use crate::web::flash::Flash;
use crate::web::frame::doubt;
use crate::web::show::{self, Clock};
use crate::web::{closed, dispatch};

/// `date`: the day that was read and found right, so that a page from yesterday confirms nothing; `sure`: the box
/// with what closes at once, word for word; `next`: the page to go on to.
pub async fn confirm(call: Call) -> Answer {
    let next = own_path(call.form.get("next"));
    let asked = call.form.get("date").unwrap_or_default().to_owned();
    let sure = call.form.get("sure").unwrap_or_default().to_owned();
    let (now, actor, to) = (call.now, call.actor(), next.clone());
    let digest = match &call.who {
        Who::Account(_, digest) => digest.clone(),
        _ => return Err(dispatch::not_signed_in()),
    };
    call.write(move |store| {
        let clock = Clock { zone: store.rules()?.lock.time_zone, now };
        let banner = doubt::banner(store, clock, Role::Admin)?.and_then(|banner| banner.confirms);
        let cost = banner.map_or_else(String::new, |asked| asked.cost);
        let flash = if clock.zone.local_date(now).to_string() != asked {
            let day = show::day_and_year(clock.zone.local_date(now));
            Flash::bad("Not confirmed", format!("The page showed another day: it is {day} now. Look again."))
        } else if sure != cost && !cost.is_empty() {
            Flash::bad("Not confirmed", format!("Tick the box: {cost}"))
        } else {
            let said = if store.confirm_clock(now, &actor)? {
                let day = show::day_and_year(clock.zone.local_date(now));
                Flash::good("Confirmed", format!("It is {day}."))
            } else {
                Flash::good("Nothing to confirm", "The date was not in doubt.")
            };
            said.and(closed::sentence(&closed::take(store)))
        };
        let mut commit = Commit::new(now, &actor);
        sessions::set_flash(&mut commit, &digest, Some(&flash.on(&to).write()));
        Ok(store.commit(&commit)?)
    })
    .await?;
    dispatch::go(&next)
}
