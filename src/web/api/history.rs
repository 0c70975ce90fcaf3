//! History: users of each customer, month by month.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use crate::domain::period::{BillingPeriod, PeriodRange};
use crate::store::figures::{CustomerFigures, FeatureFigures};
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, Kind, LIMIT, Parameter};
use crate::web::fault::Fault;

/// Users of one customer of a feature in one month.
#[derive(Serialize, ToSchema)]
pub struct HistoryRow {
    pub period: String,
    /// `open`, `locked` or `closed`.
    pub status: &'static str,
    pub feature: String,
    pub product: String,
    pub edition: String,
    /// Null is the unlinked row.
    pub customer_id: Option<String>,
    /// Of a closed month as its statement has it.
    pub name: Option<String>,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
}

pub fn list_described() -> Described {
    Described::new(
        "Users by month and customer",
        "By period, feature and customer id, the unlinked row first; rows without users are left out. Closed months \
         answer from their statements, with the names of their time. Without from and to the last twelve months.",
    )
    .takes(&[
        Parameter::new("from", Kind::Period, "First billing period; without it eleven months before `to`."),
        Parameter::new(
            "to",
            Kind::Period,
            "Last billing period, 120 months at most; without it the current one.",
        ),
        Parameter::new("customer", Kind::Text, "Id of a customer; `none` is the unlinked row."),
        LIMIT,
        CURSOR,
    ])
    .answers::<List<HistoryRow>>(200, "A part of the list")
    .problems(&[(409, "A period has not begun (SEAT-P02).")])
}

pub async fn list(call: Call) -> Answer {
    let part = Part::of(&call)?;
    let asked = |name: &str| call.query.get(name).map(str::parse::<BillingPeriod>).transpose();
    let (from, to) = (asked("from")?, asked("to")?);
    let customer = call.query.get("customer").map(|id| Some(id.to_owned()).filter(|id| id != "none"));
    let after = match part.after.as_deref() {
        None => None,
        Some([period, feature, customer]) => {
            Some((period.parse::<BillingPeriod>()?, feature.clone(), customer.clone()))
        }
        Some(_) => return Err(Fault::malformed("cursor: expected one of this list, found another")),
    };
    let (app, now, most) = (call.app.clone(), call.now, part.limit + 1);
    let rows = call
        .read(move |store| {
            let current = BillingPeriod::of(now, store.rules()?.lock.time_zone);
            let range = range(from, to, current)?;
            let mut rows = Vec::new();
            for (period, status) in store.statuses(range, now)? {
                let behind = after.as_ref().filter(|(own, ..)| *own == period);
                if after.as_ref().is_some_and(|(own, ..)| *own > period) {
                    continue;
                }
                let figures = app.memory.figures(store, period)?;
                for feature in &figures.features {
                    let mut customers: Vec<&CustomerFigures> = feature.customers.iter().collect();
                    // By id, which no renaming moves: a cursor keeps its place.
                    customers.sort_by(|a, b| a.id.cmp(&b.id));
                    let is_wanted = |row: &&CustomerFigures| {
                        customer.as_ref().is_none_or(|id| *id == row.id)
                            && behind.is_none_or(|(_, code, id)| {
                                (feature.feature.as_str(), row.id.as_deref().unwrap_or_default())
                                    > (code.as_str(), id.as_str())
                            })
                    };
                    let found = customers.into_iter().filter(is_wanted).take(most - rows.len());
                    rows.extend(found.map(|row| HistoryRow::new(period, status.as_str(), feature, row)));
                }
                if rows.len() >= most {
                    break;
                }
            }
            Ok(rows)
        })
        .await?;
    let keys = |row: &HistoryRow| {
        vec![row.period.clone(), row.feature.clone(), row.customer_id.clone().unwrap_or_default()]
    };
    Ok(HttpResponse::Ok().json(part.list(rows, keys)))
}

/// The months that are asked for: the last twelve where nothing is said. Errors: `SEAT-C04`.
pub fn range(
    from: Option<BillingPeriod>,
    to: Option<BillingPeriod>,
    current: BillingPeriod,
) -> Result<PeriodRange, Fault> {
    let last = to.unwrap_or(current);
    Ok(match from {
        // A month that has not begun is told so, and not that it stands behind the current one.
        Some(first) if to.is_none() && first > last => PeriodRange::new(first, first)?,
        Some(first) => PeriodRange::new(first, last)?,
        None => PeriodRange::year_to(last),
    })
}

impl HistoryRow {
    fn new(
        period: BillingPeriod,
        status: &'static str,
        feature: &FeatureFigures,
        row: &CustomerFigures,
    ) -> Self {
        Self {
            period: period.to_string(),
            status,
            feature: feature.feature.clone(),
            product: feature.product.clone(),
            edition: feature.edition.clone(),
            customer_id: row.id.clone(),
            name: row.name.clone(),
            users: row.users.users,
            paid_users: row.users.paid,
            free_users: row.users.free,
        }
    }
}
