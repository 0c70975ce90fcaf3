//! Billing periods: which are open, locked or closed; close one, verify its seal, confirm the date.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::{List, Part};
use crate::domain::error::code;
use crate::domain::period::BillingPeriod;
use crate::store::periods::{self, Sealed};
use crate::store::verify::Verified;
use crate::web::body;
use crate::web::call::{Answer, Call};
use crate::web::closed;
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::fault::Fault;

pub const PERIOD_ID: Parameter = Parameter::required("period", Kind::Period, "Billing period, YYYY-MM.");

/// One billing period.
#[derive(Serialize, ToSchema)]
pub struct Period {
    pub period: String,
    /// `open`, `locked` or `closed`.
    pub status: &'static str,
    /// When the clock locks it; of history, when it locks the first live period.
    pub locks_at: String,
    pub closed_at: Option<String>,
    /// `clock` where nobody but the time did; null while it is not closed.
    pub closed_by: Option<String>,
    /// History from before the appliance went live; null while it is not closed.
    pub imported: Option<bool>,
    /// Sum of the totals of all features; null while it is not closed.
    pub users: Option<i64>,
    pub seal: Option<String>,
    /// Users with late usage, whether a statement carries it or not.
    pub late_users: i64,
}

impl From<periods::Period> for Period {
    fn from(period: periods::Period) -> Self {
        let Sealed { closed_at, closed_by, imported, seal, .. } = match period.statement {
            Some(sealed) => sealed,
            None => {
                return Self {
                    period: period.period.to_string(),
                    status: period.status.as_str(),
                    locks_at: period.locks_at.to_string(),
                    closed_at: None,
                    closed_by: None,
                    imported: None,
                    users: None,
                    seal: None,
                    late_users: period.late_users,
                };
            }
        };
        Self {
            period: period.period.to_string(),
            status: period.status.as_str(),
            locks_at: period.locks_at.to_string(),
            closed_at: Some(closed_at),
            closed_by: Some(closed_by),
            imported: Some(imported),
            users: period.users,
            seal: Some(seal),
            late_users: period.late_users,
        }
    }
}

/// How a period is closed.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Close {
    /// With all months before it that are not closed, the oldest first, such as imported history.
    #[serde(default)]
    pub and_before: bool,
}

/// What became of a date.
#[derive(Serialize, ToSchema)]
pub struct Confirmed {
    /// False where the date was not in doubt.
    pub confirmed: bool,
    /// Months that were due by it, and closed.
    pub closed: Vec<ClosedPeriod>,
}

/// A month that was just closed.
#[derive(Serialize, ToSchema)]
pub struct ClosedPeriod {
    pub period: String,
    pub users: i64,
    pub imported: bool,
    pub seal: String,
}

/// Whether a closed period holds.
#[derive(Serialize, ToSchema)]
pub struct Verification {
    pub period: String,
    /// The seal is the one of what the tables hold, and a recount gives every figure.
    pub ok: bool,
    pub seal: String,
    /// Of what the tables hold now.
    pub computed: String,
    /// What does not hold, a sentence each.
    pub problems: Vec<String>,
}

pub fn list_described() -> Described {
    Described::new(
        "Billing periods, the newest first",
        "From the first month with usage to the current one, or to the last with usage.",
    )
    .takes(&[LIMIT, CURSOR])
    .answers::<List<Period>>(200, "A part of the list")
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let before = part.after.as_ref().and_then(|keys| keys.first()).map(|key| key.parse()).transpose()?;
    let (now, most) = (call.now, part.limit + 1);
    let found = call
        .read(move |store| {
            let months = store.months(now)?.into_iter().rev();
            let behind = months.filter(|month| before.is_none_or(|before: BillingPeriod| *month < before));
            let found: Result<Vec<_>, Fault> =
                behind.take(most).map(|month| Ok(store.find_period(month, now)?)).collect();
            found
        })
        .await?;
    let list = part.list(found, |period| vec![period.period.to_string()]);
    Ok(HttpResponse::Ok().json(list.map(Period::from)))
}

pub fn close_described() -> Described {
    Described::new(
        "Close a billing period",
        "Writes and seals its statement before the lock day is over. Months close in order, and nobody re-opens one. \
         The body may be left out.",
    )
    .takes(&[PERIOD_ID])
    .body::<Close>()
    .answers::<Period>(200, "The period as it is closed")
    .problems(&[
        (400, "The period is malformed (SEAT-P03)."),
        (
            409,
            "It is closed (SEAT-P01), not over (SEAT-P08), not the next one (SEAT-P09), or the clock is in doubt (SEAT-P10).",
        ),
    ])
}

pub async fn close(mut call: Call) -> Answer {
    const MOST: usize = 1024;
    let period = id(&call)?;
    // No body says nothing.
    let bytes = body::read(&mut call.payload, &call.request, MOST).await?;
    let Close { and_before } = match bytes.iter().find(|byte| !byte.is_ascii_whitespace()) {
        None => Close::default(),
        // serde would take the fields of an array in their order.
        Some(b'{') => serde_json::from_slice(&bytes).map_err(|error| {
            Fault::malformed(format!("expected {{\"and_before\": true}}, found: {error}"))
        })?,
        Some(_) => return Err(Fault::malformed("expected a JSON object as the body, found something else")),
    };
    let (now, actor) = (call.now, call.actor());
    let closed = call
        .write(move |store| {
            while let (true, Some(next)) = (and_before, store.next_to_close()?) {
                if next >= period {
                    break;
                }
                store.close(next, now, &actor)?;
            }
            store.close(period, now, &actor)?;
            Ok(store.find_period(period, now)?)
        })
        .await?;
    Ok(HttpResponse::Ok().json(Period::from(closed)))
}

pub fn confirm_described() -> Described {
    Described::new(
        "Take the date of the machine for true",
        "Closing waits while the clock is more than 40 days ahead of the newest instant on record. Confirmed, what is due \
         is closed at once.",
    )
    .answers::<Confirmed>(200, "What became of it")
}

pub async fn confirm(call: Call) -> Answer {
    let (now, actor) = (call.now, call.actor());
    let answer = call
        .write(move |store| {
            let confirmed = store.confirm_clock(now, &actor)?;
            let closed = closed::take(store).into_iter().map(|month| ClosedPeriod {
                period: month.period.to_string(),
                users: month.users,
                imported: month.imported,
                seal: month.seal,
            });
            Ok(Confirmed { confirmed, closed: closed.collect() })
        })
        .await?;
    Ok(HttpResponse::Ok().json(answer))
}

pub fn verify_described() -> Described {
    Described::new(
        "Verify a closed period",
        "Computes its seal anew from the tables, and counts every figure anew. Reads every fact: a second or so a million.",
    )
    .takes(&[PERIOD_ID])
    .answers::<Verification>(200, "Whether it holds")
    .problems(&[(400, "The period is malformed (SEAT-P03)."), (404, "The period is not closed.")])
}

pub async fn verify(call: Call) -> Answer {
    let period = id(&call)?;
    let found = call.verify(period).await?;
    let Some(Verified { period, ok, seal, computed, problems }) = found.into_iter().next() else {
        return Err(Fault::new(
            StatusCode::NOT_FOUND,
            code::NOT_FOUND,
            format!("expected a closed billing period, found {period}, which is not closed"),
        ));
    };
    let ok = ok && problems.is_empty();
    Ok(HttpResponse::Ok().json(Verification { period, ok, seal, computed, problems }))
}

/// The period of the path. Errors: `SEAT-P03`.
pub fn id(call: &Call) -> Result<BillingPeriod, Fault> {
    Ok(call.part("period")?.parse()?)
}
