//! The closing checklist of a month: what is in order before it is closed, and whether it can be closed now.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::period::BillingPeriod;
use crate::domain::server_status::Status as SourceStatus;
use crate::store::checklist::{Checklist, LateMonth, Moved};
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, Kind, Parameter};

/// What is looked at before a billing period is closed. The command line answers the same.
#[derive(Serialize, ToSchema)]
pub struct ClosingChecklist {
    pub period: String,
    /// `open`, `locked` or `closed`.
    pub status: &'static str,
    pub locks_at: String,
    /// Whether it can be closed now.
    pub closable: bool,
    /// Why not; null where it can.
    pub refusal: Option<Refusal>,
    /// Open periods that are closed before it, the oldest first.
    pub before: Vec<String>,
    /// Whether the date of the machine is too far ahead to be believed.
    pub clock_in_doubt: bool,
    pub license_servers: Sources,
    pub sites: Sources,
    pub days_without_data: Vec<Gap>,
    pub unlinked: UnlinkedUsers,
    /// Null of a closed period.
    pub bare_names: Option<BareNames>,
    /// Customers that differ from the period before by more than 20 %; null where that one has no usage.
    pub differing: Option<Vec<Differing>>,
    /// Uploads from the beginning of the period until its lock that were rejected and have not come again.
    pub rejected_uploads: i64,
    /// Late usage of closed periods that the next closing carries.
    pub late: Vec<LateMonthUsage>,
}

#[derive(Serialize, ToSchema)]
pub struct Refusal {
    /// As the closing would be refused: SEAT-P01, SEAT-P08, SEAT-P09 or SEAT-P10.
    pub code: &'static str,
    pub detail: String,
}

/// License servers or sites that are not archived.
#[derive(Serialize, ToSchema)]
pub struct Sources {
    pub count: usize,
    pub silent: Vec<SilentSource>,
}

#[derive(Serialize, ToSchema)]
pub struct SilentSource {
    pub id: String,
    pub name: String,
    /// `not-reporting` or `never-reported`.
    pub state: &'static str,
    /// Calendar days since its newest upload; null where there is none.
    pub days_silent: Option<i64>,
}

/// Days of the period without a payload of a source.
#[derive(Serialize, ToSchema)]
pub struct Gap {
    /// `license-server` or `site`.
    pub kind: String,
    pub id: String,
    pub name: String,
    pub silent: usize,
    /// Days that it could have told of.
    pub days: usize,
}

#[derive(Serialize, ToSchema)]
pub struct UnlinkedUsers {
    /// Of all features, each user once.
    pub users: u64,
    pub features: Vec<FeatureUsers>,
}

#[derive(Serialize, ToSchema)]
pub struct FeatureUsers {
    pub feature: String,
    pub users: u64,
}

/// Names without a domain that several sources without a default domain report.
#[derive(Serialize, ToSchema)]
pub struct BareNames {
    pub count: u64,
    /// The first of them by name.
    pub first: Vec<String>,
}

#[derive(Serialize, ToSchema)]
pub struct Differing {
    pub feature: String,
    pub customers: Vec<DifferingCustomer>,
}

#[derive(Serialize, ToSchema)]
pub struct DifferingCustomer {
    pub customer_id: String,
    pub name: String,
    pub before: u64,
    pub now: u64,
}

#[derive(Serialize, ToSchema)]
pub struct LateMonthUsage {
    /// The closed period that it came too late for.
    pub period: String,
    /// Distinct users, also those who change no row.
    pub users: i64,
    pub rows: Vec<LateMonthRow>,
}

/// By how much it would move a row.
#[derive(Serialize, ToSchema)]
pub struct LateMonthRow {
    pub feature: String,
    /// Null is the unlinked row.
    pub customer_id: Option<String>,
    pub name: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
}

impl From<&Checklist> for ClosingChecklist {
    fn from(checklist: &Checklist) -> Self {
        let source = |id: &str, name: &str, status: &SourceStatus| SilentSource {
            id: id.to_owned(),
            name: name.to_owned(),
            state: status.state.as_str(),
            days_silent: status.days_silent,
        };
        let servers = checklist.silent_servers().map(|one| source(&one.id, &one.name, &one.status));
        let sites = checklist.silent_sites().map(|one| source(&one.id, &one.name, &one.status));
        let gaps = checklist.silent_days.iter().map(|gap| Gap {
            kind: gap.kind.to_string(),
            id: gap.id.clone(),
            name: gap.name.clone(),
            silent: gap.silent,
            days: gap.days,
        });
        let unlinked = checklist.unlinked.features.iter();
        let features = unlinked.map(|(code, users)| FeatureUsers { feature: code.clone(), users: *users });
        let bare = checklist.bare.as_ref();
        let refusal = checklist.refusal.as_ref();
        Self {
            period: checklist.period.to_string(),
            status: checklist.status.as_str(),
            locks_at: checklist.locks_at.to_string(),
            closable: refusal.is_none(),
            refusal: refusal.map(|error| Refusal { code: error.code.id, detail: error.detail.clone() }),
            before: checklist.before.iter().map(ToString::to_string).collect(),
            clock_in_doubt: checklist.is_clock_doubted,
            license_servers: Sources { count: checklist.servers.len(), silent: servers.collect() },
            sites: Sources { count: checklist.sites.len(), silent: sites.collect() },
            days_without_data: gaps.collect(),
            unlinked: UnlinkedUsers { users: checklist.unlinked.users, features: features.collect() },
            bare_names: bare.map(|bare| BareNames { count: bare.count, first: bare.first.clone() }),
            differing: checklist.moved.as_ref().map(|moved| moved.iter().map(differing).collect()),
            rejected_uploads: checklist.rejected,
            late: checklist.late.iter().map(late).collect(),
        }
    }
}

fn differing(moved: &Moved) -> Differing {
    let customers = moved.customers.iter().map(|row| DifferingCustomer {
        customer_id: row.id.clone(),
        name: row.name.clone(),
        before: row.before,
        now: row.now,
    });
    Differing { feature: moved.feature.clone(), customers: customers.collect() }
}

fn late(month: &LateMonth) -> LateMonthUsage {
    let rows = month.rows.iter().map(|row| LateMonthRow {
        feature: row.feature.clone(),
        customer_id: row.customer_id.clone(),
        name: row.customer.clone(),
        users: row.users,
        paid_users: row.paid_users,
        free_users: row.free_users,
    });
    LateMonthUsage { period: month.period.to_string(), users: month.users, rows: rows.collect() }
}

pub fn get_described() -> Described {
    Described::new(
        "Closing checklist of a billing period",
        "What is looked at before it is closed, and whether it can be closed now. Not for clients of distributors: it \
         names users.",
    )
    .takes(&[Parameter::required("period", Kind::Period, "Billing period, YYYY-MM.")])
    .answers::<ClosingChecklist>(200, "The checklist")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn get(call: Call) -> Answer {
    let period: BillingPeriod = call.part("period")?.parse()?;
    let (app, now) = (call.app.clone(), call.now);
    let checklist = call.read(move |store| Ok(store.checklist(&app.memory, period, now)?)).await?;
    Ok(HttpResponse::Ok().json(ClosingChecklist::from(&checklist)))
}
