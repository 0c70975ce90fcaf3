//! NetScaler VPX allocations as they are now.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use super::list::{List, Part};
use super::sources::{Asked, FLAG, Looked, PERIOD, STATE, Source, customer_id, flags};
use crate::store::netscalers::NetScaler;
use crate::store::source_use::SourceUse;
use crate::web::call::{Answer, Call};
use crate::web::description::{CURSOR, Described, LIMIT};

/// One allocation on one host.
#[derive(Serialize, ToSchema)]
pub struct Allocation {
    #[serde(flatten)]
    pub source: Source,
    pub feature: String,
    /// Serial number.
    pub entitlement_id: String,
    pub fulfillment_id: Option<String>,
    /// `YYYY-MM-DD`, `permanent`, or null where it is not told.
    pub expires: Option<String>,
    pub deployment_type: Option<String>,
    pub vpx_mode: Option<String>,
    /// `Ethernet`, `HostName` or null.
    pub host_type: Option<String>,
}

impl From<NetScaler> for Allocation {
    fn from(found: NetScaler) -> Self {
        Self {
            source: Source {
                state: found.status.state.as_str(),
                flags: flags(&found.status),
                last_collected_at: found.last_collected_at.map(|at| at.to_string()),
                customer_id: customer_id(found.customer.as_ref()),
                id: found.id,
                name: found.product_name,
                host_id: Some(found.host_id),
                fqdn: found.fqdn,
                version: None,
                free: false,
                users: 0,
            },
            feature: found.feature,
            entitlement_id: found.entitlement_id,
            fulfillment_id: found.fulfillment_id,
            expires: found.expires,
            deployment_type: found.deployment_type,
            vpx_mode: found.mode,
            host_type: found.host_type,
        }
    }
}

pub fn list_described() -> Described {
    Described::new(
        "NetScaler allocations by id",
        "As the newest upload of each host lists them. `name` is that of the product; the id is `hostId/entitlementId`.",
    )
    .takes(&[PERIOD, STATE, FLAG, LIMIT, CURSOR])
    .answers::<List<Allocation>>(200, "A part of the list")
    .problems(&[(409, "The period has not begun (SEAT-P02).")])
}

pub async fn list(call: Call) -> Answer {
    let (part, asked) = (Part::of(&call)?, Asked::of(&call)?);
    let now = call.now;
    let mut all = call
        .read(move |store| {
            let looked = Looked::at(store, &asked, now)?;
            let used = SourceUse::default();
            Ok(store.list_netscalers(looked.seen(&used))?)
        })
        .await?;
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let keys = |found: &NetScaler| vec![found.id.clone()];
    let list = asked.part(&part, all, |found| &found.status, keys);
    Ok(HttpResponse::Ok().json(list.map(Allocation::from)))
}
