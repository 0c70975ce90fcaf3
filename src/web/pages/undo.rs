//! Takes a bulk change back, from the notice that told its result.

use super::own_path;
use crate::domain::instant::UtcInstant;
use crate::store::Store;
use crate::store::batches::BatchKind;
use crate::web::call::{Answer, Call};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::{closed, show};

/// `batch`: its id; `next`: the page to go on to.
pub async fn undo(call: Call) -> Answer {
    let id = Call::field(&call.form, "batch")?.to_owned();
    let next = own_path(call.form.get("next"));
    let (now, actor, to) = (call.now, call.actor(), next.clone());
    let teller = call.teller();
    call.write(move |store| {
        let undone = match store.undo(&id, now, &actor) {
            Ok(undone) => undone,
            Err(error) => return Err(told(store, error.into(), now)?),
        };
        let of = match undone.kind {
            BatchKind::Assign => show::count(undone.objects as i64, "tag is", "tags are"),
            BatchKind::Free => show::count(undone.objects as i64, "free flag is", "free flags are"),
            BatchKind::Alias => show::count(undone.objects as i64, "name is", "names are"),
            BatchKind::Domain => "The default domain is".to_owned(),
        };
        let closed = closed::sentence(&closed::take(store));
        let flash = Flash::good("Undone", format!("{of} as before.")).and(closed);
        Ok(teller.tell(store, flash.on(&to), now)?)
    })
    .await?;
    crate::web::dispatch::go(&next)
}

/// A refusal with its times and people as pages show them.
fn told(store: &Store, mut fault: Fault, now: UtcInstant) -> Result<Fault, Fault> {
    let clock = show::Clock { zone: store.rules()?.lock.time_zone, now };
    fault.error.detail = clock.in_words(&fault.error.detail).replace(" by web/", " by ");
    Ok(fault)
}
