//! Takes the date of this machine for true, from the warning that stands above every page while it is in doubt.

use super::own_path;
use crate::web::call::{Answer, Call};
use crate::web::flash::Flash;
use crate::web::frame::doubt;
use crate::web::show;
use crate::web::{closed, dispatch};

/// `date`: the day that was read and found right, so that a page from yesterday confirms nothing; `sure`: the box
/// with what closes at once, word for word; `next`: the page to go on to.
pub async fn confirm(call: Call) -> Answer {
    let next = own_path(call.form.get("next"));
    let asked = call.form.get("date").unwrap_or_default().to_owned();
    let sure = call.form.get("sure").unwrap_or_default().to_owned();
    let (now, actor, to) = (call.now, call.actor(), next.clone());
    let teller = call.teller();
    call.write(move |store| {
        let today = store.rules()?.lock.time_zone.local_date(now);
        let day = show::day_and_year(today);
        let cost = if store.clock()?.doubts(now) { doubt::cost(store, now)? } else { String::new() };
        let flash = if today.to_string() != asked {
            Flash::bad("Not confirmed", format!("The page showed another day: it is {day} now. Look again."))
        } else if sure != cost && !cost.is_empty() {
            Flash::bad("Not confirmed", format!("Tick the box: {cost}"))
        } else {
            let said = if store.confirm_clock(now, &actor)? {
                Flash::good("Confirmed", format!("It is {day}."))
            } else {
                Flash::good("Nothing to confirm", "The date was not in doubt.")
            };
            said.and(closed::sentence(&closed::take(store)))
        };
        Ok(teller.tell(store, flash.on(&to), now)?)
    })
    .await?;
    dispatch::go(&next)
}
