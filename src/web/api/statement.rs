//! The statement of a billing period with all its rows: sealed where it is closed, provisional before.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::periods::{PERIOD_ID, id};
use crate::domain::instant::UtcInstant;
use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::figures::{FeatureFigures, Users};
use crate::store::periods::{CarriedRow, Sealed};
use crate::web::app::App;
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, Parameter};
use crate::web::fault::Fault;
use crate::web::report::{Grant, grants};

/// A statement.
#[derive(Serialize, ToSchema)]
pub struct Statement {
    pub period: String,
    /// `open`, `locked` or `closed`; what is not closed is provisional.
    pub status: &'static str,
    pub organization_id: String,
    pub organization_name: String,
    pub time_zone: String,
    pub lock_day: i64,
    /// This and the following are null while it is not closed.
    pub closed_at: Option<String>,
    /// `clock` where nobody but the time did.
    pub closed_by: Option<String>,
    /// History from before the appliance went live.
    pub imported: Option<bool>,
    /// Empty for the first statement.
    pub previous_seal: Option<String>,
    pub seal: Option<String>,
    /// Kind `total` first, then `unlinked`, `customer` and `source`, feature by feature.
    pub rows: Vec<StatementRow>,
    /// Late usage of earlier months that it carries, never added to `rows`; of the month that closes next what it would
    /// carry if it closed now.
    pub late: Vec<StatementLate>,
}

/// A row of a statement.
#[derive(Serialize, ToSchema)]
pub struct StatementRow {
    /// `total`, `unlinked`, `customer` or `source`.
    pub kind: &'static str,
    pub feature: String,
    pub product: String,
    pub edition: String,
    /// Of kind `customer`.
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    /// Of kind `source`: `license-server` or `delivery-group`.
    pub source_kind: Option<String>,
    pub source: Option<String>,
    pub source_name: Option<String>,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
    /// Of kind `total`, as the next two: sum of customers and unlinked minus `users`.
    pub overlap: Option<u64>,
    pub entitled: Option<i64>,
    pub overage: Option<i64>,
}

/// By how much late usage moves a row of a month that was closed before.
#[derive(Serialize, ToSchema)]
pub struct StatementLate {
    /// The month that it is late from.
    pub period: String,
    pub feature: String,
    pub product: String,
    pub edition: String,
    /// Null is the unlinked row.
    pub customer_id: Option<String>,
    pub customer: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
}

pub fn get_described() -> Described {
    Described::new(
        "The statement of a billing period",
        "With all its rows; of a closed period as it was sealed. Otherwise the figures are provisional, and `seal` is null.",
    )
    .takes(&[
        PERIOD_ID,
        Parameter::new(
            "customer",
            Kind::Text,
            "Only the rows of the customer with this id; `none` is the unlinked row.",
        ),
    ])
    .answers::<Statement>(200, "The statement")
    .problems(&[
        (400, "The period is malformed (SEAT-P03)."),
        (404, "No customer has this id (SEAT-A03)."),
        (409, "The period has not begun (SEAT-P02)."),
    ])
}

pub async fn get(call: Call) -> Answer {
    let period = id(&call)?;
    let only = call.query.get("customer").map(|id| (id != "none").then(|| id.to_owned()));
    let (app, now) = (call.app.clone(), call.now);
    let found = call.read(move |store| statement(store, &app, period, now, only.as_ref())).await?;
    Ok(HttpResponse::Ok().json(found))
}

/// `only`: rows of one customer, inner `None` being the unlinked row.
fn statement(
    store: &Store,
    app: &App,
    period: BillingPeriod,
    now: UtcInstant,
    only: Option<&Option<String>>,
) -> Result<Statement, Fault> {
    let status = Status::of(store, period, now)?;
    if let Some(Some(id)) = only {
        super::customers::find(store, id)?;
    }
    let head = store.statement_head(period)?;
    let figures = app.memory.figures(store, period)?;
    let granted = grants(store, &store.rules()?, &figures, now)?;
    let mut rows = Vec::new();
    for feature in &figures.features {
        let grant = granted.get(&feature.feature).copied().unwrap_or_default();
        add_rows(&mut rows, feature, grant, only);
    }
    let late = store.carries(&app.memory, period)?;
    let late = late.into_iter().filter(|row| only.is_none_or(|only| *only == row.late.customer_id));
    let late = late.map(StatementLate::from).collect();
    let (closed_at, closed_by, imported, previous_seal, seal) = match head.sealed {
        Some(Sealed { closed_at, closed_by, imported, previous_seal, seal }) => {
            (Some(closed_at), Some(closed_by), Some(imported), Some(previous_seal), Some(seal))
        }
        None => (None, None, None, None, None),
    };
    Ok(Statement {
        period: period.to_string(),
        status: status.as_str(),
        organization_id: head.organization_id,
        organization_name: head.organization_name,
        time_zone: head.time_zone.name().to_owned(),
        lock_day: head.lock_day,
        closed_at,
        closed_by,
        imported,
        previous_seal,
        seal,
        rows,
        late,
    })
}

fn add_rows(
    rows: &mut Vec<StatementRow>,
    feature: &FeatureFigures,
    grant: Grant,
    only: Option<&Option<String>>,
) {
    let row = |kind, users: Users| StatementRow {
        kind,
        feature: feature.feature.clone(),
        product: feature.product.clone(),
        edition: feature.edition.clone(),
        customer_id: None,
        customer: None,
        source_kind: None,
        source: None,
        source_name: None,
        users: users.users,
        paid_users: users.paid,
        free_users: users.free,
        overlap: None,
        entitled: None,
        overage: None,
    };
    if only.is_none() {
        rows.push(StatementRow {
            overlap: Some(feature.overlap),
            entitled: grant.entitled,
            overage: grant.overage,
            ..row("total", feature.total)
        });
    }
    let customers = feature.customers.iter().filter(|found| only.is_none_or(|only| *only == found.id));
    rows.extend(customers.map(|found| StatementRow {
        customer_id: found.id.clone(),
        customer: found.name.clone(),
        ..row(if found.id.is_some() { "customer" } else { "unlinked" }, found.users)
    }));
    if only.is_none() {
        rows.extend(feature.sources.iter().map(|source| StatementRow {
            source_kind: Some(source.kind.clone()),
            source: Some(source.id.clone()),
            source_name: Some(source.name.clone()),
            ..row("source", source.users)
        }));
    }
}

impl From<CarriedRow> for StatementLate {
    fn from(CarriedRow { of_period, late }: CarriedRow) -> Self {
        Self {
            period: of_period.to_string(),
            feature: late.feature,
            product: late.product,
            edition: late.edition,
            customer_id: late.customer_id,
            customer: late.customer,
            users: late.users,
            paid_users: late.paid_users,
            free_users: late.free_users,
        }
    }
}
