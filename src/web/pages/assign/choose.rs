//! The customer that objects are assigned to: found by what the form says, else asked for.

use actix_web::http::StatusCode;
use askama::Template;

use super::ask::{Act, Ask};
use super::{frame_and_set, view, words};
use crate::domain::error::code;
use crate::domain::user_key::user_key;
use crate::store::Store;
use crate::web::call::Call;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, View};
use crate::web::pages::render;
use crate::web::pages::users::Customers;

/// Asks for what the form left out.
#[derive(Template)]
#[template(path = "pages/assign_customer.html")]
struct Choose {
    frame: Frame,
    crumb: String,
    back: String,
    question: String,
    fault: String,
    typed: String,
    customers: Customers,
    /// Those whose name has in it what was typed.
    like: Vec<(String, String)>,
    hidden: Vec<(&'static str, String)>,
}

/// Finds the customer that was chosen or typed; answers with a question where there is none.
pub async fn resolved(call: &Call, ask: &mut Ask) -> Result<Option<actix_web::HttpResponse>, Fault> {
    let Act::Assign(_) = &ask.act else { return Ok(None) };
    let typed = ask.customer.clone();
    let found = match typed.clone() {
        None => None,
        Some(typed) => {
            call.read(move |store| match store.get_customer(&typed) {
                Err(error) if error.code() == code::CUSTOMER_UNKNOWN => Ok(None),
                found => Ok(Some(found?)),
            })
            .await?
        }
    };
    if let Some(found) = found {
        ask.act = Act::Assign(Some((found.id, found.name)));
        return Ok(None);
    }
    let (view, asked) = (view(call, ask)?, ask.clone());
    let page = call.read(move |store| choose(store, &view, &asked)).await?;
    render(StatusCode::UNPROCESSABLE_ENTITY, &page).map(Some)
}

fn choose(store: &Store, view: &View, ask: &Ask) -> Result<Choose, Fault> {
    const LIKE: usize = 20;
    let (mut frame, set) = frame_and_set(store, view, ask)?;
    let question = format!("Assign {} to whom?", words::objects(ask, &set));
    frame.title = format!("Error: {question}");
    let customers = Customers::of(store)?;
    let typed = ask.customer.clone().unwrap_or_default();
    let fault = match typed.as_str() {
        "" => "Choose a customer.".to_owned(),
        typed => format!("No customer is called {typed}."),
    };
    let part = user_key(&typed);
    let is_like = |name: &str| !part.is_empty() && user_key(name).contains(&part);
    let like = customers.open.iter().filter(|(_, name)| is_like(name)).take(LIKE).cloned().collect();
    let hidden = ask.hidden(None, None).into_iter().filter(|(name, _)| *name != "customer").collect();
    let crumb = words::crumb(ask.kind).to_owned();
    Ok(Choose { frame, crumb, back: ask.next.clone(), question, fault, typed, customers, like, hidden })
}
