//! Which file is asked for: a report, of what, as what; its name, and the way to write it.

use std::io::Write;
use std::path::Path;

use super::{ExportError, Form, Report, history, late, servers, statement, usage, users, vpx};
use crate::domain::error::{code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::store::{Store, StoreError};

/// Stands for the unlinked row where a customer is asked for.
pub const UNLINKED: &str = "none";

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub report: Report,
    pub form: Form,
    /// Of a history the last month.
    pub period: BillingPeriod,
    /// The first month of a history; without it, it has twelve.
    pub from: Option<BillingPeriod>,
    /// Id of the one customer of a history or statement, `none` for the unlinked row.
    pub customer: Option<String>,
}

impl Asked {
    /// The whole report of one period.
    pub fn new(report: Report, form: Form, period: BillingPeriod) -> Self {
        Self { report, form, period, from: None, customer: None }
    }

    /// The same with the customer's id in place of a name. Errors: `SEAT-C04` for what this report does not take,
    /// `SEAT-A03` for an unknown customer.
    pub fn resolved(mut self, store: &Store) -> Result<Self, StoreError> {
        let refuse = |detail: String| Err(StoreError::refused(code::INPUT_INVALID, detail));
        let report = self.report.as_str();
        if let Some(from) = self.from {
            if !self.report.takes_from() {
                return refuse(format!(
                    "expected no first month for {report}, found {from}: history alone takes one"
                ));
            }
            if from > self.period {
                return refuse(format!("expected a first month up to {}, found {from}", self.period));
            }
        }
        if let Some(customer) = self.customer.as_deref() {
            if !self.report.takes_customer() {
                return refuse(format!(
                    "expected no customer for {report}, found {}: history and statement take one",
                    quoted(customer)
                ));
            }
            if customer != UNLINKED {
                self.customer = Some(store.get_customer(customer)?.id);
            }
        }
        Ok(self)
    }

    /// Writes one state of the database: the caller sees to that, and has it [`resolved`](Self::resolved). Errors:
    /// `SEAT-P02` before anything is written.
    pub fn write<W: Write + Send>(&self, store: &Store, now: UtcInstant, into: W) -> Result<(), ExportError> {
        let (period, customer) = (self.period, self.customer.as_deref());
        self.form.written(into, sheets_folder(store), self.report.as_str(), |format| match self.report {
            Report::Usage => usage(store, period, now, format),
            Report::Users => users(store, period, now, format),
            Report::Late => late(store, period, now, format),
            Report::History => history(store, self.first(), period, customer, now, format),
            Report::Servers => servers(store, period, now, format),
            Report::Vpx => vpx(store, period, now, format),
            Report::Statement => statement(store, period, customer, now, format),
        })
    }

    /// The first month of a history.
    fn first(&self) -> BillingPeriod {
        const YEAR: i64 = 12;
        self.from.or_else(|| self.period.plus_months(1 - YEAR)).unwrap_or(self.period)
    }

    /// The part of the report that is asked for, in words; empty: all of its period.
    pub fn part(&self) -> String {
        let from = self.report.takes_from().then(|| format!("from {}", self.first()));
        let customer = self.customer.as_deref().map(|id| match id {
            UNLINKED => "unlinked users".to_owned(),
            id => format!("customer {id}"),
        });
        from.into_iter().chain(customer).collect::<Vec<_>>().join(", ")
    }

    /// `seatledger_usage_2026-10.csv`: the same for the same file, whenever it is made. Of a history
    /// `seatledger_history_2026-01_2026-10.csv`, of one customer with the id behind the month.
    pub fn file_name(&self) -> String {
        let report = self.report.as_str();
        let months = match self.report.takes_from() {
            true => format!("{}_{}", self.first(), self.period),
            false => self.period.to_string(),
        };
        let customer = self.customer.as_deref().map_or_else(String::new, |id| format!("_{}", safe(id)));
        format!("seatledger_{report}_{months}{customer}.{}", self.form.as_str())
    }
}

/// Where rows of a workbook wait: beside the database, which is private and has room for what it holds; the folder of the
/// system may lie in memory.
pub fn sheets_folder(store: &Store) -> &Path {
    store.path().parent().unwrap_or(Path::new("."))
}

/// An id as every file system and every header takes it.
fn safe(id: &str) -> String {
    const MOST: usize = 64;
    let plain =
        |letter: char| if letter.is_ascii_alphanumeric() || "-_".contains(letter) { letter } else { '-' };
    id.chars().take(MOST).map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_tells_what_is_in_the_file() {
        let period = "2026-10".parse().unwrap();
        let mut asked = Asked::new(Report::Statement, Form::Xlsx, period);
        assert_eq!(asked.file_name(), "seatledger_statement_2026-10.xlsx");
        asked.customer = Some("../ä\"b\r\n".to_owned());
        assert_eq!(asked.file_name(), "seatledger_statement_2026-10_-----b--.xlsx");
        let mut asked = Asked::new(Report::History, Form::Csv, period);
        assert_eq!(asked.file_name(), "seatledger_history_2025-11_2026-10.csv");
        asked.from = Some("2026-01".parse().unwrap());
        assert_eq!(asked.file_name(), "seatledger_history_2026-01_2026-10.csv");
    }
}
