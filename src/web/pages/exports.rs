//! Exports: a form for each report of a month, and the file behind it.

use actix_web::http::StatusCode;
use askama::Template;

use super::render;
use crate::export::Form;
use crate::store::roster::Filter;
use crate::web::call::{Answer, Call};
use crate::web::download;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::report;

#[derive(Template)]
#[template(path = "pages/exports.html")]
struct Page {
    frame: Frame,
    reports: [Report; 2],
    /// Months that can be chosen: `2026-10`, `October 2026`.
    months: Vec<(String, String)>,
}

struct Report {
    id: &'static str,
    title: &'static str,
    text: &'static str,
    columns: &'static str,
}

const REPORTS: [Report; 2] = [
    Report {
        id: "usage",
        title: "Usage",
        text: "A row for each customer and one for the unlinked, by feature: the figures of the usage page.",
        columns: "period, status, feature, product, edition, customer_id, customer, users, paid_users, free_users",
    },
    Report {
        id: "users",
        title: "Users",
        text: "A row for each user of each row of the usage report: whose, decided by what, seen where.",
        columns: "period, feature, product, edition, user, customer_id, customer, via, free, first_seen, sources",
    },
];

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let page = call
        .read(move |store| {
            let frame = Frame::new(store, &view, Nav::Exports, "Exports")?;
            let months = report::months(store, &frame)?;
            Ok(Page { frame, reports: REPORTS, months })
        })
        .await?;
    render(StatusCode::OK, &page)
}

/// The file that the form asks for.
pub async fn file(call: Call) -> Answer {
    let report = Call::field(&call.query, "report")?;
    let (report, period, form) = download::asked(&call, report)?;
    // Users as their list has them: what the address says further is its filter.
    let own = |name: &str| matches!(name, "report" | "period" | "format" | "product");
    let filter = Filter::parse(call.query.iter().filter(|(name, _)| !own(name)))?;
    if filter == Filter::default() {
        return download::send(&call, report, period, form).await;
    }
    if report != crate::export::Report::Users || form != Form::Csv {
        return Err(Fault::malformed("expected a filter of users in CSV alone, found it for another file"));
    }
    download::send_some(&call, period, filter).await
}
