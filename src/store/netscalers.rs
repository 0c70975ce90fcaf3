//! NetScaler VPX allocations as they are now: those that the newest payload of their host lists.

use super::license_servers::{Expiring, View};
use super::objects::{CustomerName, Known, Which};
use super::{Store, StoreError};
use crate::domain::entitlement::Line;
use crate::domain::ids::ObjectKind;
use crate::domain::instant::UtcInstant;
use crate::domain::product;
use crate::domain::server_status::{Facts, Status, judge, nearest_expiry};

const HOST: i64 = 5;

/// One allocation on one host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetScaler {
    /// `hostId/entitlementId`
    pub id: String,
    pub host_id: String,
    pub fqdn: Option<String>,
    /// `Ethernet`, `HostName` or empty.
    pub host_type: Option<String>,
    pub product_name: String,
    pub feature: String,
    /// `NetScaler VPX, 1000 Mbps`; empty for an unknown feature.
    pub edition: String,
    /// Serial number.
    pub entitlement_id: String,
    pub fulfillment_id: Option<String>,
    /// `YYYY-MM-DD`, `permanent`; `None`: not told.
    pub expires: Option<String>,
    pub expiring: Option<Expiring>,
    pub deployment_type: Option<String>,
    pub mode: Option<String>,
    /// State of its host, flags of its license.
    pub status: Status,
    pub last_collected_at: Option<UtcInstant>,
    pub customer: Option<CustomerName>,
    pub archived_at: Option<String>,
}

impl Store {
    /// All of them, archived ones too, by host and serial number.
    pub fn list_netscalers(&self, view: View<'_>) -> Result<Vec<NetScaler>, StoreError> {
        const SQL: &str = "
            SELECT i.object, i.name, i.feature, i.fulfillment_id, i.expires, i.deployment_type, i.vpx_mode,
              o.public_id, o.archived_at, c.public_id, c.name
            FROM description_item i JOIN object o ON o.id = i.object AND o.kind = 4
            LEFT JOIN customer c ON c.id = (SELECT customer FROM assignment_row
              WHERE kind = 4 AND object = o.id AND since <= ?2 ORDER BY since DESC LIMIT 1)
            WHERE i.description = (SELECT description FROM payload WHERE object = ?1 ORDER BY rank DESC LIMIT 1)
            ORDER BY o.public_id";
        let hosts = self.known_objects(Which { kind: HOST, id: None }, view.period)?;
        let mut statement = self.db.prepare_cached(SQL)?;
        let mut all = Vec::new();
        for host in &hosts {
            let mut rows = statement.query((host.row, view.period.number()))?;
            while let Some(row) = rows.next()? {
                let (id, name): (Option<String>, Option<String>) = (row.get(9)?, row.get(10)?);
                let own: Option<String> = row.get(8)?;
                let public_id: String = row.get(7)?;
                let feature: String = row.get::<_, Option<String>>(2)?.unwrap_or_default();
                let entitlement_id = public_id.get(host.id.len() + 1..).unwrap_or_default().to_owned();
                let archived_at = own.or_else(|| host.archived_at.clone());
                let expires: Option<String> = row.get(4)?;
                let line = line(&feature, expires.clone(), &entitlement_id);
                let expiry = nearest_expiry(&line, view.as_of, view.rule.time_zone);
                all.push(NetScaler {
                    status: status(view, host, archived_at.is_some(), &line),
                    host_id: host.id.clone(),
                    fqdn: host.told.fqdn.clone(),
                    host_type: host.told.host_type.clone(),
                    product_name: row.get::<_, Option<String>>(1)?.unwrap_or_default(),
                    edition: product::edition_of(&feature).to_owned(),
                    feature,
                    entitlement_id,
                    fulfillment_id: row.get(3)?,
                    expires,
                    expiring: expiry.map(|(date, days)| Expiring { date, days }),
                    deployment_type: row.get(5)?,
                    mode: row.get(6)?,
                    last_collected_at: host.last_collected_at,
                    customer: id.zip(name).map(|(id, name)| CustomerName { id, name }),
                    archived_at,
                    id: public_id,
                });
            }
        }
        Ok(all)
    }
}

/// The license as a line, so that it expires by the same rules.
fn line(feature: &str, expires: Option<String>, serial: &str) -> [Line; 1] {
    [Line {
        file: String::new(),
        line: 1,
        feature: feature.to_owned(),
        quantity: Some(1),
        overdraft: None,
        sa_date: None,
        expires,
        kind: None,
        serial_number: Some(serial.to_owned()),
        csp: true,
    }]
}

fn status(view: View<'_>, host: &Known, is_archived: bool, lines: &[Line]) -> Status {
    let facts = Facts {
        last_collected_at: host.last_collected_at,
        is_archived,
        lines,
        sending: host.sending,
        ..Facts::default()
    };
    judge(&facts, view.rule, view.as_of)
}

const _: () = assert!(ObjectKind::NetScaler.number() == 4, "the query names the kind by its number");
