//! Usage: the figures of a month by feature, and of sites with one customer or several.

use actix_web::HttpResponse;
use actix_web::http::header;
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::domain::period::BillingPeriod;
use crate::export::Status;
use crate::store::Store;
use crate::store::figures::{FeatureFigures, Figures, Tenants, Users};
use crate::web::app::App;
use crate::web::call::{Answer, Call};
use crate::web::description::{Described, PERIOD};
use crate::web::fault::Fault;
use crate::web::report::{Grant, grants};

/// The figures of a billing period.
#[derive(Serialize, ToSchema)]
pub struct Usage {
    pub period: String,
    /// `open`, `locked` or `closed`.
    pub status: &'static str,
    pub locks_at: String,
    pub features: Vec<FeatureUsage>,
    /// By how much usage that arrived after the period was closed would move its rows; left out where there is none.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub late: Vec<LateUsage>,
}

/// A row that late usage would move: beside the figures, never in them.
#[derive(Serialize, ToSchema)]
pub struct LateUsage {
    pub feature: String,
    /// Null is the unlinked row.
    pub customer_id: Option<String>,
    pub users: i64,
    pub paid_users: i64,
    pub free_users: i64,
    /// The period whose statement carries it; null while none does.
    pub carried_in: Option<String>,
}

/// The figures of one feature; rows without users are left out.
#[derive(Serialize, ToSchema)]
pub struct FeatureUsage {
    pub feature: String,
    pub product: String,
    pub edition: String,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
    /// Sum of all rows, the unlinked one included, minus `users`.
    pub overlap: u64,
    /// Licenses of the CSP program that license files grant; null where none tells, or one is uncounted.
    pub entitled: Option<i64>,
    /// Users above it; null where it is not known.
    pub overage: Option<i64>,
    pub customers: Vec<CustomerUsage>,
    pub sources: Vec<SourceUsage>,
}

/// A row of the report.
#[derive(Serialize, ToSchema)]
pub struct CustomerUsage {
    /// Null is the unlinked row.
    pub customer_id: Option<String>,
    pub name: Option<String>,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
}

/// What one source saw on its own.
#[derive(Serialize, ToSchema)]
pub struct SourceUsage {
    /// `license-server` or `delivery-group`.
    pub kind: String,
    pub id: String,
    pub name: String,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
}

/// Sites that are assigned as a whole.
#[derive(Serialize, ToSchema)]
pub struct SingleTenantUsage {
    pub period: String,
    pub summary: TenantSummary,
    pub sites: Vec<SiteUsage>,
}

/// Sites that are not, with the customers of their delivery groups.
#[derive(Serialize, ToSchema)]
pub struct MultiTenantUsage {
    pub period: String,
    pub summary: TenantSummary,
    pub sites: Vec<SharedSiteUsage>,
}

#[derive(Serialize, ToSchema)]
pub struct TenantSummary {
    /// To whom a site or delivery group of the list is assigned.
    pub customers: u64,
    pub sites: usize,
    /// Distinct users over all these sites.
    pub users: u64,
}

#[derive(Serialize, ToSchema)]
pub struct SiteUsage {
    pub id: String,
    pub name: String,
    pub customer_id: Option<String>,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
}

#[derive(Serialize, ToSchema)]
pub struct SharedSiteUsage {
    pub id: String,
    pub name: String,
    pub users: u64,
    pub paid_users: u64,
    pub free_users: u64,
    pub delivery_groups: Vec<SiteUsage>,
}

pub fn get_described() -> Described {
    Described::new(
        "Usage of a billing period",
        "The figures of each user feature: by customer, the unlinked row first, and by source. The answer has an ETag; \
         with If-None-Match it is 304 while nothing has changed.",
    )
    .takes(&[PERIOD])
    .answers::<Usage>(200, "The figures")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn get(call: Call) -> Answer {
    let (app, now, period) = (call.app.clone(), call.now, period(&call)?);
    let usage = call
        .read(move |store| {
            let status = Status::of(store, period, now)?;
            let rules = store.rules()?;
            let figures = app.memory.figures(store, period)?;
            let granted = grants(store, &rules, &figures, now)?;
            let feature = |figures: &FeatureFigures| {
                let Grant { entitled, overage, .. } =
                    granted.get(&figures.feature).copied().unwrap_or_default();
                FeatureUsage::new(figures, entitled, overage)
            };
            Ok(Usage {
                period: period.to_string(),
                status: status.as_str(),
                locks_at: rules.locks_at(period).to_string(),
                features: figures.features.iter().map(feature).collect(),
                late: late(store, &app, &figures)?,
            })
        })
        .await?;
    tagged(&call, &usage)
}

fn late(store: &Store, app: &App, figures: &Figures) -> Result<Vec<LateUsage>, Fault> {
    if !figures.closed {
        return Ok(Vec::new());
    }
    let rows = app.memory.late(store, figures.period)?;
    Ok(rows
        .iter()
        .map(|row| LateUsage {
            feature: row.feature.clone(),
            customer_id: row.customer_id.clone(),
            users: row.users,
            paid_users: row.paid_users,
            free_users: row.free_users,
            carried_in: row.carried_in.map(|period| period.to_string()),
        })
        .collect())
}

impl FeatureUsage {
    fn new(figures: &FeatureFigures, entitled: Option<i64>, overage: Option<i64>) -> Self {
        let Users { users, paid, free } = figures.total;
        Self {
            feature: figures.feature.clone(),
            product: figures.product.clone(),
            edition: figures.edition.clone(),
            users,
            paid_users: paid,
            free_users: free,
            overlap: figures.overlap,
            entitled,
            overage,
            customers: figures
                .customers
                .iter()
                .map(|row| CustomerUsage {
                    customer_id: row.id.clone(),
                    name: row.name.clone(),
                    users: row.users.users,
                    paid_users: row.users.paid,
                    free_users: row.users.free,
                })
                .collect(),
            sources: figures
                .sources
                .iter()
                .map(|row| SourceUsage {
                    kind: row.kind.clone(),
                    id: row.id.clone(),
                    name: row.name.clone(),
                    users: row.users.users,
                    paid_users: row.users.paid,
                    free_users: row.users.free,
                })
                .collect(),
        }
    }
}

pub fn single_tenant_described() -> Described {
    Described::new(
        "Usage of sites with one customer",
        "Sites with an assignment as a whole, all user features together.",
    )
    .takes(&[PERIOD])
    .answers::<SingleTenantUsage>(200, "The sites")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn single_tenant(call: Call) -> Answer {
    let (period, tenants) = tenants(&call).await?;
    let found = &tenants.0;
    let site = |site: &crate::store::figures::SeenSite| {
        SiteUsage::new(&site.id, &site.name, &site.customer_id, site.users)
    };
    let sites = found.sites.iter().map(site).collect();
    tagged(&call, &SingleTenantUsage { period: period.to_string(), summary: found.into(), sites })
}

pub fn multi_tenant_described() -> Described {
    Described::new(
        "Usage of sites that customers share",
        "Sites without an assignment as a whole, each with its delivery groups; all user features together.",
    )
    .takes(&[PERIOD])
    .answers::<MultiTenantUsage>(200, "The sites")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn multi_tenant(call: Call) -> Answer {
    let (period, tenants) = tenants(&call).await?;
    let found = &tenants.1;
    let sites = found.sites.iter().map(|site| SharedSiteUsage {
        id: site.id.clone(),
        name: site.name.clone(),
        users: site.users.users,
        paid_users: site.users.paid,
        free_users: site.users.free,
        delivery_groups: site
            .groups
            .iter()
            .map(|group| SiteUsage::new(&group.id, &group.name, &group.customer_id, group.users))
            .collect(),
    });
    let sites = sites.collect();
    tagged(&call, &MultiTenantUsage { period: period.to_string(), summary: found.into(), sites })
}

impl SiteUsage {
    fn new(id: &str, name: &str, customer_id: &Option<String>, users: Users) -> Self {
        Self {
            id: id.to_owned(),
            name: name.to_owned(),
            customer_id: customer_id.clone(),
            users: users.users,
            paid_users: users.paid,
            free_users: users.free,
        }
    }
}

impl From<&Tenants> for TenantSummary {
    fn from(tenants: &Tenants) -> Self {
        Self { customers: tenants.customers, sites: tenants.sites.len(), users: tenants.users }
    }
}

async fn tenants(call: &Call) -> Result<(BillingPeriod, std::sync::Arc<(Tenants, Tenants)>), Fault> {
    let (app, now, period) = (call.app.clone(), call.now, period(call)?);
    let found = call
        .read(move |store| {
            Status::of(store, period, now)?;
            Ok(app.memory.tenants(store, period)?)
        })
        .await?;
    Ok((period, found))
}

/// Errors: `SEAT-C07` where it is missing, `SEAT-P03`.
pub fn period(call: &Call) -> Result<BillingPeriod, Fault> {
    Ok(Call::field(&call.query, "period")?.parse()?)
}

/// The answer with a tag of its bytes, which are made of figures at hand; 304 without them for whoever has them.
fn tagged<T: Serialize>(call: &Call, answer: &T) -> Answer {
    let body = serde_json::to_vec(answer)
        .map_err(|error| Fault::internal(format!("expected JSON, found: {error}")))?;
    let tag = format!("\"{}\"", crate::extension::hex(&Sha256::digest(&body)[..16]));
    let known = call.header(header::IF_NONE_MATCH).unwrap_or_default();
    let is_known = known
        .split(',')
        .any(|one| matches!(one.trim().trim_start_matches("W/"), one if one == tag || one == "*"));
    let mut response = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header((header::ETAG, tag)).insert_header((header::CACHE_CONTROL, "no-cache"));
    if is_known {
        return Ok(response.finish());
    }
    Ok(response.content_type("application/json").body(body))
}
