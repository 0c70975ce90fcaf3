//! One customer: its users by feature, what is assigned to it, its months, its name, and whether it is archived.

mod facts;

use actix_web::http::StatusCode;
use askama::Template;

use self::facts::{FeatureRow, StatementLine, Tagged};
use super::customers::{Entered, checked};
use super::render;
use super::usage::month_beside;
use crate::store::Store;
use crate::store::customers::{self, Customer};
use crate::web::call::{Answer, Call};
use crate::web::chart::Trend;
use crate::web::components::Figure;
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::href;
use crate::web::show::When;

#[derive(Template)]
#[template(path = "pages/customer.html")]
struct Page {
    frame: Frame,
    customer: Customer,
    archived: Option<When>,
    before: String,
    features: Vec<FeatureRow>,
    tagged: Vec<Tagged>,
    /// Users with a tag of their own to it.
    own_tags: Figure,
    trend: Option<(String, Trend)>,
    statements: Vec<StatementLine>,
    entered: Entered,
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let id = Call::field(&call.query, "id")?.to_owned();
    let page = call.read(move |store| page(store, &view, &id, None)).await?;
    render(StatusCode::OK, &page)
}

fn page(store: &Store, view: &View, id: &str, refused: Option<Entered>) -> Result<Page, Fault> {
    let customer = find(store, id)?;
    let error = if refused.is_some() { "Error: " } else { "" };
    let frame = Frame::new(store, view, Nav::Customers, &format!("{error}{}", customer.name))?;
    let before = frame.period.plus_months(-1).unwrap_or(frame.period);
    let memory = &view.app.memory;
    let (now, then) = (memory.figures(store, frame.period)?, memory.figures(store, before)?);
    let entered = refused.unwrap_or_else(|| Entered {
        name: customer.name.clone(),
        external_id: customer.external_id.clone().unwrap_or_default(),
        faults: Vec::new(),
    });
    Ok(Page {
        archived: customer.archived_at.as_deref().map(|at| frame.when(at)),
        before: month_beside(before, frame.period),
        features: facts::features(&frame, &customer.id, &now, &then),
        tagged: facts::tagged(store, view, &frame, &customer.id, &now)?,
        own_tags: facts::own_tags(store, view, &frame, &customer.id)?,
        statements: facts::statements(store, &frame, &customer.id)?,
        trend: facts::trend(store, view, &frame, &customer, &now)?,
        frame,
        customer,
        entered,
    })
}

/// By id. Errors: 404.
pub fn find(store: &Store, id: &str) -> Result<Customer, Fault> {
    crate::web::api::customers::find(store, id)
}

/// Name and external id.
pub async fn rename(call: Call) -> Answer {
    let id = Call::field(&call.form, "id")?.to_owned();
    let (name, external_id) = (call.form.get("name").unwrap_or_default(), call.form.get("external_id"));
    let known = id.clone();
    call.read(move |store| find(store, &known)).await?;
    let made = match checked(name, external_id) {
        Err(error) => Err(error.into()),
        Ok((name, external_id)) => {
            let mut commit = call.commit();
            customers::rename(&mut commit, &id, name);
            if call.form.has("external_id") {
                customers::set_external_id(&mut commit, &id, external_id);
            }
            let done = Flash::good("Saved", format!("The customer is called {name} now."));
            call.commit_and_go(commit, &address(&call, &id), done).await
        }
    };
    match made {
        Err(Fault { status, error, .. }) if status.is_client_error() => {
            let view = View::of(&call)?;
            let refused = Entered::refused(name, external_id, &error);
            let page = call.read(move |store| page(store, &view, &id, Some(refused))).await?;
            render(status, &page)
        }
        made => made,
    }
}

/// Archives, or un-archives where the form says so.
pub async fn archive(call: Call) -> Answer {
    let id = Call::field(&call.form, "id")?.to_owned();
    let known = id.clone();
    let customer = call.read(move |store| find(store, &known)).await?;
    let mut commit = call.commit();
    let done = if call.form.get("back").is_some() {
        customers::unarchive(&mut commit, &id);
        Flash::good("Saved", format!("{} takes tags again.", customer.name))
    } else {
        customers::archive(&mut commit, &id);
        let text =
            format!("{} is archived: it keeps its tags and figures, and takes no new ones.", customer.name);
        Flash::good("Saved", text)
    };
    call.commit_and_go(commit, &address(&call, &id), done).await
}

fn address(call: &Call, id: &str) -> String {
    href("/customer", &[("id", id), ("period", call.form.get("period").unwrap_or_default())])
}
