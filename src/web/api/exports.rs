//! Exports: a report of one billing period as a file, streamed.

use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, PERIOD, Parameter};
use crate::web::download;

pub fn get_described() -> Described {
    Described::new(
        "A report as a file",
        "usage: users, paid and free, of each customer and of the unlinked row, by feature. users: every user behind it, \
         with what decided and where the user was seen. CSV by RFC 4180, or one JSON array.",
    )
    .takes(&[
        Parameter::required("report", Kind::One(&["usage", "users"]), "Which report."),
        PERIOD,
        Parameter::new("format", Kind::One(&["csv", "json"]), "csv without it."),
    ])
    .file(200, "The file, seatledger_REPORT_PERIOD.FORMAT", &["text/csv", "application/json"])
    .problems(&[(404, "There is no such report (SEAT-C06)."), (409, "The period has not begun (SEAT-P02).")])
}

pub async fn get(call: Call) -> Answer {
    let report = call.part("report")?;
    if report.parse::<crate::export::Report>().is_err() {
        return Err(crate::web::fault::Fault::not_found(format!(
            "expected the report usage or users, found {}",
            crate::domain::error::quoted(&report)
        )));
    }
    let (report, period, form) = download::asked(&call, &report)?;
    download::send(&call, report, period, form).await
}
