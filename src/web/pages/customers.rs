//! Customers: the list with their users of the month and of the one before, and a form for another one.

mod rows;

use actix_web::http::StatusCode;
use askama::Template;

use self::rows::{Asked, Row};
use super::render;
use super::usage::month_beside;
use crate::domain::error::{Error, code};
use crate::store::Store;
use crate::store::customers::{self, checked_name};
use crate::web::call::{Answer, Call};
use crate::web::components::{Chip, Pages};
use crate::web::fault::Fault;
use crate::web::flash::Flash;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::href;
use crate::web::report::{self, number};
use crate::web::show;

#[derive(Template)]
#[template(path = "pages/customers.html")]
struct Page {
    frame: Frame,
    rows: Vec<Row>,
    /// All customers, whatever the filter.
    count: usize,
    /// In words.
    counted: String,
    heads: Vec<rows::Head>,
    chips: Vec<Chip>,
    features: Vec<Chip>,
    /// `Premium`, of the figures; empty without usage.
    feature: String,
    pages: Pages,
    find: String,
    is_archived: bool,
    /// The list without its filters.
    all: String,
    entered: Entered,
}

/// What stands in a form of a customer, and why it was refused: field and sentence.
#[derive(Default)]
pub struct Entered {
    pub name: String,
    pub external_id: String,
    pub faults: Vec<(&'static str, String)>,
}

impl Entered {
    pub fn refused(name: &str, external_id: Option<&str>, error: &Error) -> Self {
        let external_id = external_id.unwrap_or_default().to_owned();
        let faults = vec![(field_of(error, &external_id), sentence(error))];
        Self { name: name.to_owned(), external_id, faults }
    }

    pub fn fault(&self, field: &str) -> Option<&str> {
        self.faults.iter().find(|(own, _)| *own == field).map(|(_, text)| text.as_str())
    }
}

pub async fn list(call: Call) -> Answer {
    let view = View::of(&call)?;
    let asked = Asked::of(&call.query)?;
    let page = call.read(move |store| page(store, &view, &asked, None)).await?;
    render(StatusCode::OK, &page)
}

pub async fn create(call: Call) -> Answer {
    let (name, external_id) = (call.form.get("name").unwrap_or_default(), call.form.get("external_id"));
    let made = match checked(name, external_id) {
        Err(error) => Err(error.into()),
        Ok((name, external_id)) => {
            let mut commit = call.commit();
            let id = customers::new_id(&commit, name);
            customers::create(&mut commit, &id, name, external_id);
            let to = href("/customers", &[("period", call.form.get("period").unwrap_or_default())]);
            let done = Flash::good("Saved", format!("{name} is a customer now."));
            call.commit_and_go(commit, &to, done).await
        }
    };
    match made {
        Err(Fault { status, error, .. }) if status.is_client_error() => {
            let view = View::of(&call)?;
            let refused = Entered::refused(name, external_id, &error);
            let page = call.read(move |store| page(store, &view, &Asked::default(), Some(refused))).await?;
            render(status, &page)
        }
        made => made,
    }
}

/// Errors: `SEAT-A09`.
pub fn checked<'a>(name: &'a str, external_id: Option<&'a str>) -> Result<(&'a str, Option<&'a str>), Error> {
    if name.trim().is_empty() {
        return Err(Error::new(code::NAME_INVALID, "enter a name"));
    }
    Ok((checked_name(name)?, external_id.map(checked_name).transpose()?))
}

/// The field of the form that an error is about.
fn field_of(error: &Error, external_id: &str) -> &'static str {
    let about_external = match error.code {
        code::CUSTOMER_TAKEN => error.detail.contains("external id"),
        _ => !external_id.is_empty() && checked_name(external_id).is_err(),
    };
    // `found that "Acme" has the external id 7` names what is taken last.
    let taken_name = error.code == code::CUSTOMER_TAKEN && error.detail.contains("has the name");
    if about_external && !taken_name { "external_id" } else { "name" }
}

fn page(store: &Store, view: &View, asked: &Asked, refused: Option<Entered>) -> Result<Page, Fault> {
    let mut frame = Frame::new(store, view, Nav::Customers, "Customers")?;
    frame.title = format!("{}Customers, {}", if refused.is_some() { "Error: " } else { "" }, frame.month);
    let before = frame.period.plus_months(-1).unwrap_or(frame.period);
    let now = view.app.memory.figures(store, frame.period)?;
    let then = view.app.memory.figures(store, before)?;
    let mut codes: Vec<_> = now.features.iter().collect();
    codes.sort_by_key(|feature| std::cmp::Reverse(feature.total.users));
    let chosen = asked.feature.clone().or_else(|| codes.first().map(|feature| feature.feature.clone()));
    let features: Vec<Chip> = codes
        .iter()
        .map(|feature| {
            let to = asked.with_feature(&feature.feature).link(&frame);
            let is_on = chosen.as_ref() == Some(&feature.feature);
            Chip::choice(report::label(feature, &now), Some(number(feature.total.users)), to, is_on)
        })
        .collect();
    let label = chosen.as_deref().map_or_else(String::new, |code| match now.feature(code) {
        Some(feature) => report::label(feature, &now),
        None => report::name_of(code),
    });
    let all = store.list_customers()?;
    let count = all.len();
    let archived = all.iter().filter(|customer| customer.archived_at.is_some()).count();
    let chip = |label: &str, of: usize, is_archived: bool| {
        let to = asked.with_archived(is_archived).link(&frame);
        Chip::choice(label, Some(number(of as u64)), to, asked.is_archived == is_archived)
    };
    let chips = if archived > 0 || asked.is_archived {
        vec![chip("In use", count - archived, false), chip("Archived", archived, true)]
    } else {
        Vec::new()
    };
    let code = chosen.as_deref().unwrap_or_default();
    let (mut rows, pages) = rows::shown(&frame, asked, all, now.feature(code), then.feature(code));
    if then.features.is_empty() {
        // Nothing is known of the month before.
        for row in &mut rows {
            (row.before, row.change) = ("n/a".to_owned(), "n/a".to_owned());
        }
    }
    let heads = rows::heads(&frame, asked, &month_beside(before, frame.period));
    Ok(Page {
        rows,
        count,
        counted: show::count(number(count as u64), "customer", "customers"),
        heads,
        chips,
        features: if features.len() > 1 { features } else { Vec::new() },
        feature: label,
        pages,
        find: asked.q.clone().unwrap_or_default(),
        is_archived: asked.is_archived,
        all: frame.link("/customers", &[]),
        frame,
        entered: refused.unwrap_or_default(),
    })
}

/// `Expected …, found …. What to do.`
fn sentence(error: &Error) -> String {
    let detail = error.detail.trim_end_matches('.');
    let mut letters = detail.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}. {}", letters.as_str(), error.code.remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_stands_beside_the_field_it_is_about() {
        let taken = |what: &str| {
            Error::new(
                code::CUSTOMER_TAKEN,
                format!("expected a free name and external id, found that 'Acme' has the {what}"),
            )
        };
        assert_eq!(field_of(&taken("name 'Acme'"), "7"), "name");
        assert_eq!(field_of(&taken("external id 7"), "7"), "external_id");
        let invalid = checked("", None).unwrap_err();
        assert_eq!(field_of(&invalid, ""), "name");
        let invalid = checked("Acme", Some("a\u{7}")).unwrap_err();
        assert_eq!(field_of(&invalid, "a\u{7}"), "external_id");
    }
}
