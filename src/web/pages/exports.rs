//! Exports: a form for each report of a month, the file behind it, and those that were made, with their hashes.

mod reports;

use actix_web::http::StatusCode;
use askama::Template;

use super::users::Customers;
use super::{render, sentence, who};
use crate::domain::account::Role;
use crate::domain::error::{Code, code};
use crate::export;
use crate::store::exports_made::ExportMade;
use crate::store::roster::Filter;
use crate::store::{Actor, Store};
use crate::web::bundle;
use crate::web::call::{Answer, Call};
use crate::web::components::{Numbered, Pages};
use crate::web::download;
use crate::web::fault::Fault;
use crate::web::frame::{Frame, Nav, View};
use crate::web::pairs::Pairs;
use crate::web::report;
use crate::web::show::{self, When};
use reports::{REPORTS, Report};

/// Files on record on one page.
const ROWS: usize = 20;

#[derive(Template)]
#[template(path = "pages/exports.html")]
struct Page {
    frame: Frame,
    reports: &'static [Report],
    /// Months that can be chosen: `2026-10`, `October 2026`.
    months: Vec<(String, String)>,
    bundle: bundle::Choice,
    customers: Customers,
    /// The first month of a history, unless another one was chosen.
    first: String,
    /// The form that was refused, and why: field and sentence.
    chosen: Pairs,
    faults: Vec<(String, String)>,
    made: Vec<Row>,
    pages: Pages,
    /// Only files of the reader are listed.
    is_own: bool,
}

struct Row {
    when: When,
    by: String,
    file: String,
    part: String,
    size: String,
    sha256: String,
}

impl Page {
    /// Whether a choice of a report's form is the one that stands there.
    fn is_on(&self, report: &str, field: &str, value: &str) -> bool {
        if self.chosen.get("report") == Some(report) {
            return self.chosen.get(field).unwrap_or_default() == value;
        }
        match field {
            "period" => self.frame.period.to_string() == value,
            "from" => self.first == value,
            "format" => value == "csv",
            _ => value.is_empty(),
        }
    }

    /// What was typed into a report's field for a customer.
    fn typed(&self, report: &str) -> &str {
        let own = self.chosen.get("report") == Some(report);
        self.chosen.get("customer").filter(|_| own).unwrap_or_default()
    }

    /// Why a field was refused.
    fn fault(&self, field: &str, report: &str) -> Option<&str> {
        let id = format!("{field}-{report}");
        self.faults.iter().find(|(own, _)| *own == id).map(|(_, text)| text.as_str())
    }

    /// What a field that was refused has besides; both names are words of the page.
    fn bad(&self, field: &str, report: &str) -> String {
        let told = |_| format!(" aria-invalid=\"true\" aria-describedby=\"e-{field}-{report}\"");
        self.fault(field, report).map_or_else(String::new, told)
    }
}

pub async fn show(call: Call) -> Answer {
    let view = View::of(&call)?;
    let at = Numbered::asked(&call.query, ROWS)?;
    let actor = call.actor();
    let page = call.read(move |store| page(store, &view, &actor, at)).await?;
    render(StatusCode::OK, &page)
}

/// The file that a link asks for; nothing is recorded of it.
pub async fn file(call: Call) -> Answer {
    let report = Call::field(&call.query, "report")?;
    let asked = download::asked(&call.query, report)?;
    let is_users = asked.report == export::Report::Users;
    let own = |name: &str| {
        matches!(name, "report" | "period" | "format" | "product")
            || !is_users && matches!(name, "from" | "customer")
    };
    // Users as their list has them: what the address says further is its filter.
    let filter = Filter::parse(call.query.iter().filter(|(name, _)| !own(name)))?;
    if filter == Filter::default() {
        return download::send(&call, asked).await;
    }
    if !is_users {
        return Err(Fault::malformed("expected a filter of users alone, found it for another file"));
    }
    download::send_some(&call, asked.period, asked.form, filter).await
}

/// The file that a form of the page asks for, on record with its hash. What is refused is told on the page.
pub async fn make(call: Call) -> Answer {
    let report = Call::field(&call.form, "report")?.to_owned();
    let sent = match download::asked(&call.form, &report) {
        Ok(asked) => download::send_on_record(&call, asked).await,
        Err(fault) => Err(fault),
    };
    let fault = match sent {
        Err(fault) if told_on_page(fault.code()) && report.parse::<export::Report>().is_ok() => fault,
        other => return other,
    };
    let mut view = View::of(&call)?;
    view.path = "/exports".to_owned();
    if fault.code() == code::PERIOD_NOT_BEGUN {
        view.asked_period = None;
    }
    let (actor, chosen, status) = (call.actor(), call.form.clone(), fault.status);
    let page = call
        .read(move |store| {
            let faults = vec![(field_of(fault.code(), &report), sentence(&fault.error))];
            Ok(Page { chosen, faults, ..page(store, &view, &actor, Numbered::first(ROWS))? })
        })
        .await?;
    render(status, &page)
}

fn told_on_page(code: Code) -> bool {
    matches!(code, code::CUSTOMER_UNKNOWN | code::INPUT_INVALID | code::PERIOD_NOT_BEGUN)
}

/// The field that a refusal is about.
fn field_of(code: Code, report: &str) -> String {
    let field = match code {
        code::CUSTOMER_UNKNOWN => "customer",
        code::INPUT_INVALID if report == export::Report::History.as_str() => "from",
        _ => "period",
    };
    format!("{field}-{report}")
}

fn page(store: &Store, view: &View, actor: &Actor, at: Numbered) -> Result<Page, Fault> {
    let frame = Frame::new(store, view, Nav::Exports, "Exports")?;
    let months = report::months(store, &frame)?;
    let year = frame.period.plus_months(-11).unwrap_or(frame.period).to_string();
    let oldest = months.last().map(|(month, _)| month.clone()).unwrap_or_default();
    let is_own = frame.role == Role::Distributor;
    let whose = is_own.then_some(actor.0.as_str());
    let total = store.count_exports_made(whose)?;
    let made: Vec<Row> =
        store.list_exports_made(whose, at.skip(), ROWS)?.into_iter().map(|made| row(&frame, made)).collect();
    let pages = Pages::numbered(at, made.len(), total, |way| frame.link("/exports", way));
    Ok(Page {
        reports: &REPORTS,
        bundle: bundle::Choice::of(store)?,
        customers: Customers::of(store)?,
        first: year.max(oldest),
        chosen: Pairs::default(),
        faults: Vec::new(),
        months,
        made,
        pages,
        is_own,
        frame,
    })
}

fn row(frame: &Frame, found: ExportMade) -> Row {
    Row {
        when: frame.when(&found.made_at),
        by: who(&Actor(found.actor)),
        file: found.made.file,
        part: found.made.part,
        size: show::bytes(found.made.bytes),
        sha256: found.made.sha256,
    }
}
