//! Exports: a report of one billing period as a file, streamed.

use crate::domain::error::quoted;
use crate::export::Report;
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, PERIOD, Parameter};
use crate::web::download;
use crate::web::fault::Fault;

/// The words of [`Report`].
const REPORTS: [&str; 7] = {
    let mut words = [""; 7];
    let mut at = 0;
    while at < words.len() {
        words[at] = Report::ALL[at].as_str();
        at += 1;
    }
    words
};

pub fn get_described() -> Described {
    Described::new(
        "A report as a file",
        "usage: users, paid and free, of each customer and of the unlinked row, by feature. users: every user behind it, \
         with what decided and where the user was seen. statement: the rows of the month's statement. history: months side \
         by side. late: by how much usage that came after the closing would move a closed month. servers: license servers, \
         sites and delivery groups, and vpx: NetScaler VPX allocations, both as they are now. CSV by RFC 4180, a workbook \
         with a sheet for each product, or one JSON array. Of a closed period usage, users, statement and history keep \
         their bytes.",
    )
    .takes(&[
        Parameter::required("report", Kind::One(&REPORTS), "Which report."),
        PERIOD,
        Parameter::new("format", Kind::One(&["csv", "xlsx", "json"]), "csv without it."),
        Parameter::new("from", Kind::Period, "First month of a history, which has twelve without it."),
        Parameter::new("customer", Kind::Text, "Id of the one customer of a history or statement; none: the unlinked row."),
    ])
    .file(
        200,
        "The file, seatledger_REPORT_PERIOD.FORMAT",
        &[
            "text/csv",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/json",
        ],
    )
    .problems(&[
        (404, "There is no such report (SEAT-C06)."),
        (409, "The period has not begun (SEAT-P02)."),
        (422, "There is no such customer (SEAT-A03)."),
    ])
}

pub async fn get(call: Call) -> Answer {
    let report = call.part("report")?;
    if report.parse::<Report>().is_err() {
        let detail = format!("expected the report {}, found {}", REPORTS.join(" or "), quoted(&report));
        return Err(Fault::not_found(detail));
    }
    download::send(&call, download::asked(&call.query, &report)?).await
}
