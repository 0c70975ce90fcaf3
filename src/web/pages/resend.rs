//! A form that came without a session, or from before the last sign-in: kept, and offered to be sent again, so that
//! no work is lost. It is sent by whoever reads it and by nobody else: what another site sends does not get here.

use actix_web::http::StatusCode;
use askama::Template;

use super::{Gate, own_path, render};
use crate::web::call::Answer;
use crate::web::csrf;
use crate::web::pairs::Pairs;
use crate::web::routes::{Access, ROUTES};

/// Most bytes that are carried on.
const MOST: usize = 64 << 10;

/// Where a form was sent, and what was in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Path and query of a page's form.
    pub to: String,
    pub form: Pairs,
}

#[derive(Template)]
#[template(path = "pages/resend.html")]
struct Page {
    gate: Gate,
    heading: &'static str,
    text: &'static str,
    to: String,
    csrf: String,
    fields: Vec<(String, String)>,
    /// What people typed, to be recognised by; not the fields that pages carry on.
    shown: Vec<(String, String)>,
}

impl Kept {
    /// `None` where it is nothing that can be sent again.
    pub fn new(to: &str, form: &Pairs) -> Option<Self> {
        let to = own_path(Some(to));
        let path = to.split('?').next().unwrap_or_default();
        let is_form = |access: Access| matches!(access, Access::Roles(_));
        let route = ROUTES.iter().find(|route| route.method == "POST" && route.path == path)?;
        let form = form.with(csrf::FIELD, None);
        (is_form(route.access) && !route.takes_body && form.encoded().len() <= MOST)
            .then_some(Self { to, form })
    }

    /// From the fields of a sign-in that carries it on.
    pub fn carried(form: &Pairs) -> Option<Self> {
        Self::new(form.get("resend_to")?, &Pairs::parse(form.raw("resend")?.as_bytes()))
    }
}

/// Offers the form once more. `is_signed_in`: just now; else the form was too old.
pub fn show(
    status: StatusCode,
    kept: Kept,
    csrf: String,
    organization: String,
    is_signed_in: bool,
) -> Answer {
    const CARRIED: [&str; 6] = ["period", "next", "kind", "stamp", "seen", "filter"];
    let fields: Vec<(String, String)> =
        kept.form.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let shown = fields.iter().filter(|(name, value)| !CARRIED.contains(&name.as_str()) && !value.is_empty());
    let (heading, text) = if is_signed_in {
        (
            "Signed in",
            "Your session had ended before what you sent arrived. Nothing was changed; it is kept here.",
        )
    } else {
        (
            "Not sent",
            "This form is from before your last sign-in. Nothing was changed; what was in it is kept here.",
        )
    };
    let shown = shown.take(12).cloned().collect();
    render(
        status,
        &Page { gate: Gate::new(heading, organization), heading, text, to: kept.to, csrf, fields, shown },
    )
}
