//! Light, dark, or as the browser is set: kept in the account.

use super::own_path;
use crate::store::accounts;
use crate::web::call::{Answer, Call};
use crate::web::dispatch::go;

pub async fn set(call: Call) -> Answer {
    let theme = Call::field(&call.form, "theme")?.parse()?;
    let mut commit = call.commit();
    accounts::set_theme(&mut commit, &call.session()?.account.id, theme);
    let to = own_path(call.form.get("next"));
    call.write(move |store| Ok(store.commit(&commit)?)).await?;
    go(&to)
}
