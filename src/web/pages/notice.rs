//! Takes away the notice that the last change left on its page.

use super::own_path;
use crate::store::sessions;
use crate::web::call::{Answer, Call, Who};
use crate::web::dispatch::go;

pub async fn dismiss(call: Call) -> Answer {
    let mut commit = call.commit();
    if let Who::Account(_, digest) = &call.who {
        sessions::set_flash(&mut commit, digest, None);
    }
    let to = own_path(call.form.get("next"));
    call.write(move |store| Ok(store.commit(&commit)?)).await?;
    go(&to)
}
