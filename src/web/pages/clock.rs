//! Takes the date of this machine for true, from the warning that stands above every page while it is in doubt.

use super::own_path;
use crate::store::{Commit, sessions};
use crate::web::call::{Answer, Call, Who};
use crate::web::flash::Flash;
use crate::web::show::Clock;
use crate::web::{closed, dispatch};

/// `date`: the day that was read and found right, so that a page from yesterday confirms nothing; `next`: the page to go
/// on to. What is due is closed at once.
pub async fn confirm(call: Call) -> Answer {
    let next = own_path(call.form.get("next"));
    let asked = call.form.get("date").unwrap_or_default().to_owned();
    let (now, actor, to) = (call.now, call.actor(), next.clone());
    let digest = match &call.who {
        Who::Account(_, digest) => digest.clone(),
        _ => return Err(dispatch::not_signed_in()),
    };
    call.write(move |store| {
        let clock = Clock { zone: store.rules()?.lock.time_zone, now };
        let flash = if clock.zone.local_date(now).to_string() == asked {
            let confirmed = store.confirm_clock(now, &actor)?;
            let said = if confirmed {
                Flash::good("Confirmed", format!("It is {}.", clock.when(now).text))
            } else {
                Flash::good("Nothing to confirm", "The date was not in doubt.")
            };
            said.and(closed::sentence(&closed::take(store)))
        } else {
            let day = clock.day(now);
            Flash::bad("Not confirmed", format!("The page showed another day: it is {day} now. Look again."))
        };
        let mut commit = Commit::new(now, &actor);
        sessions::set_flash(&mut commit, &digest, Some(&flash.on(&to).write()));
        Ok(store.commit(&commit)?)
    })
    .await?;
    dispatch::go(&next)
}
