//! The months above every page, each with its state, as tabs.

use super::View;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::rules::Rules;
use crate::web::fault::Fault;
use crate::web::show::{self, Clock};

pub struct Month {
    pub href: String,
    pub icon: &'static str,
    /// `Jul`, or `October 2026` of the current one.
    pub label: String,
    /// `Open, locks in 5 days`.
    pub state: String,
    pub is_current: bool,
    /// Kept on a phone.
    pub is_near: bool,
}

pub struct Months<'a> {
    pub store: &'a Store,
    pub view: &'a View,
    pub rules: &'a Rules,
    pub clock: Clock,
    pub current: BillingPeriod,
    pub period: BillingPeriod,
}

/// The month of a page whose address names none: the one to be reported, unless another one alone has usage.
pub fn opened(
    store: &Store,
    to_report: BillingPeriod,
    current: BillingPeriod,
) -> Result<BillingPeriod, Fault> {
    let newest = store.newest_period()?.filter(|newest| *newest <= current);
    Ok(if store.has_usage(to_report)? { to_report } else { newest.unwrap_or(to_report) })
}

impl Months<'_> {
    /// The page at hand, in another month: filters stay, places in a list do not.
    fn href(&self, period: BillingPeriod) -> String {
        let places = ["after", "before", "explain", "only", "from", "page", "at"];
        let mut query = self.view.query.with("period", Some(&period.to_string()));
        for place in places {
            query = query.with(place, None);
        }
        // A history ends with the month that is chosen.
        if self.view.path == "/history" {
            query = query.with("to", Some(&period.to_string()));
        }
        // No month is held against itself.
        if self.view.query.get("compare") == Some(&*period.to_string()) {
            query = query.with("compare", None);
        }
        query.href(if self.view.path.is_empty() { "/" } else { &self.view.path })
    }

    /// Five months: the chosen one in their midst, as far as months have begun.
    pub fn tabs(&self) -> Result<Vec<Month>, Fault> {
        let newest = self.period.plus_months(1).map_or(self.period, |next| next.min(self.current));
        let mut tabs = Vec::new();
        for back in (0..5).rev() {
            if let Some(period) = newest.plus_months(-back) {
                tabs.push(self.tab(period)?);
            }
        }
        Ok(tabs)
    }

    fn tab(&self, period: BillingPeriod) -> Result<Month, Fault> {
        let is_current = period == self.period;
        let (icon, state) = self.state(period)?;
        let label = if is_current { show::month(period) } else { show::month_short(period).to_owned() };
        let away = (period.number() / 100 * 12 + period.number() % 100)
            - (self.period.number() / 100 * 12 + self.period.number() % 100);
        Ok(Month { href: self.href(period), icon, label, state, is_current, is_near: away.abs() <= 1 })
    }

    fn state(&self, period: BillingPeriod) -> Result<(&'static str, String), Fault> {
        Ok(match Status::of(self.store, period, self.view.now)? {
            Status::Closed => {
                // One before the first statement counts as closed, and is sealed by none.
                let Some(closed_at) = self.store.closed_at(period)? else {
                    return Ok(("lock", "Before the first statement".to_owned()));
                };
                let day =
                    closed_at.parse().ok().map_or_else(String::new, |at| format!(" {}", self.clock.day(at)));
                ("seal", format!("Closed{day}, sealed"))
            }
            Status::Locked => ("lock", "Locked".to_owned()),
            Status::Open => {
                let days = -self.clock.days_since(self.rules.locks_at(period).plus_seconds(-1));
                let when = match days {
                    0 => "locks tonight".to_owned(),
                    1 => "locks in 1 day".to_owned(),
                    days => format!("locks in {days} days"),
                };
                ("open", format!("Open, {when}"))
            }
        })
    }
}
