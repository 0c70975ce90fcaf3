//! A change of nothing: neither was anything ticked nor all that match chosen.

use actix_web::http::StatusCode;
use askama::Template;

use super::ask::Ask;
use super::{nav, view, words};
use crate::domain::ids::ObjectKind;
use crate::web::call::{Answer, Call};
use crate::web::frame::Frame;
use crate::web::pages::render;

#[derive(Template)]
#[template(path = "pages/assign_nothing.html")]
struct Page {
    frame: Frame,
    crumb: &'static str,
    back: String,
    /// What can be ticked.
    nouns: &'static str,
    /// The form as it was sent, for all that match; empty where the list has no such choice.
    hidden: Vec<(String, String)>,
}

pub async fn show(call: &Call, ask: &Ask) -> Answer {
    let view = view(call, ask)?;
    let (kind, nav, back) = (ask.kind, nav(ask), ask.next.clone());
    let mut hidden = Vec::new();
    if kind == ObjectKind::User && call.form.has("filter") {
        let others = call.form.iter().filter(|(name, _)| !matches!(*name, "csrf" | "scope" | "object"));
        hidden.extend(others.map(|(name, value)| (name.to_owned(), value.to_owned())));
        // The button that was pressed is a field too.
        hidden.push(("scope".to_owned(), "matching".to_owned()));
    }
    let page = call
        .read(move |store| {
            let mut frame = Frame::new(store, &view, nav, "Error: nothing ticked")?;
            frame.flash = None;
            frame.here.clone_from(&back);
            Ok(Page { frame, crumb: words::crumb(kind), back, nouns: words::many(kind), hidden })
        })
        .await?;
    render(StatusCode::UNPROCESSABLE_ENTITY, &page)
}
