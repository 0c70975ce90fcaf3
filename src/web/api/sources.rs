//! What license servers, sites and NetScaler allocations have in common as the API shows them, and how their
//! lists are asked for.

use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use crate::domain::error::{Error, code, quoted};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::domain::server_status::{Flag, State, Status};
use crate::store::Store;
use crate::store::license_servers::View as Seen;
use crate::store::objects::CustomerName;
use crate::store::rules::Rules;
use crate::store::source_use::SourceUse;
use crate::web::call::Call;
use crate::web::description::{Kind, Parameter};
use crate::web::fault::Fault;

/// A license server, site or NetScaler allocation.
#[derive(Serialize, ToSchema)]
pub struct Source {
    pub id: String,
    pub name: String,
    /// Of a license server or NetScaler.
    pub host_id: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    /// `reporting`, `not-reporting`, `never-reported`, `archived`.
    pub state: &'static str,
    /// `expired`, `overage`, `old-version`, `not-in-allocations`, `non-csp`, `concurrent`, `expiring`,
    /// `clock-skew`, `expiring-later`, `shared-host-id`, `free`.
    pub flags: Vec<&'static str>,
    pub last_collected_at: Option<String>,
    /// Of its own assignment in the billing period.
    pub customer_id: Option<String>,
    /// Its users are not paid there.
    pub free: bool,
    /// Distinct users in the billing period; 0 for NetScaler.
    pub users: i64,
}

pub fn flags(status: &Status) -> Vec<&'static str> {
    status.notices.iter().map(|notice| notice.flag.as_str()).collect()
}

pub fn customer_id(customer: Option<&CustomerName>) -> Option<String> {
    customer.map(|customer| customer.id.clone())
}

pub const PERIOD: Parameter = Parameter::new(
    "period",
    Kind::Period,
    "Billing period of users and tags, YYYY-MM; the earliest open one without it.",
);
pub const STATE: Parameter = Parameter::new(
    "state",
    Kind::One(&["never-reported", "reporting", "not-reporting", "archived"]),
    "Only those in this state. Without it archived ones are listed too.",
);
pub const FLAG: Parameter = Parameter::new(
    "flag",
    Kind::One(&[
        "expired",
        "overage",
        "old-version",
        "not-in-allocations",
        "non-csp",
        "concurrent",
        "expiring",
        "clock-skew",
        "expiring-later",
        "shared-host-id",
        "free",
    ]),
    "Only those with this flag.",
);

/// What a list is narrowed to.
#[derive(Clone, Copy)]
pub struct Asked {
    period: Option<BillingPeriod>,
    state: Option<State>,
    flag: Option<Flag>,
}

impl Asked {
    /// Errors: `SEAT-P03`, `SEAT-C07`.
    pub fn of(call: &Call) -> Result<Self, Fault> {
        let word = |name: &str, found: &str| {
            Fault::malformed(format!("{name}: expected a word of its description, found {}", quoted(found)))
        };
        let state = call.query.get("state");
        let flag = call.query.get("flag");
        Ok(Self {
            period: call.query.get("period").map(str::parse).transpose()?,
            state: state.map(|text| State::parse(text).ok_or_else(|| word("state", text))).transpose()?,
            flag: flag.map(|text| Flag::parse(text).ok_or_else(|| word("flag", text))).transpose()?,
        })
    }

    fn holds(&self, status: &Status) -> bool {
        self.state.is_none_or(|state| status.state == state) && self.flag.is_none_or(|flag| status.has(flag))
    }

    /// The part of a list in the order of `keys`, of those that hold.
    pub fn part<T>(
        &self,
        part: &Part,
        all: Vec<T>,
        status: fn(&T) -> &Status,
        keys: fn(&T) -> Vec<String>,
    ) -> List<T> {
        let after = part.after.as_ref();
        let is_asked = |item: &T| self.holds(status(item)) && after.is_none_or(|after| keys(item) > *after);
        part.list(all.into_iter().filter(is_asked).take(part.limit + 1).collect(), keys)
    }

    /// The month that is looked at. Errors: `SEAT-P02`.
    pub fn period(&self, call_now: UtcInstant, rules: &Rules) -> Result<BillingPeriod, Fault> {
        let current = BillingPeriod::of(call_now, rules.lock.time_zone);
        let period = self.period.unwrap_or_else(|| rules.lock.earliest_open(call_now));
        if period > current {
            let detail = format!("billing period {period} has not begun at {call_now}");
            return Err(Error::new(code::PERIOD_NOT_BEGUN, detail).into());
        }
        Ok(period)
    }
}

/// Looks at all sources of a month.
pub struct Looked {
    pub rules: Rules,
    pub period: BillingPeriod,
    now: UtcInstant,
}

impl Looked {
    pub fn at(store: &Store, asked: &Asked, now: UtcInstant) -> Result<Self, Fault> {
        let rules = store.rules()?;
        let period = asked.period(now, &rules)?;
        Ok(Self { rules, period, now })
    }

    pub fn seen<'a>(&'a self, used: &'a SourceUse) -> Seen<'a> {
        Seen { period: self.period, as_of: self.now, rule: &self.rules.status, used }
    }
}
