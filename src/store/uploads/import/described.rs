//! What a payload says of its objects, kept once for each different content.

use rusqlite::types::Value;
use sha2::{Digest as _, Sha256};

use super::{DELIVERY_GROUP, NETSCALER, NETSCALER_HOST, SITE, SubjectKey, nullable, text};
use crate::extension::hex;
use crate::payload::{Payload, Subject};
use crate::store::Commit;

/// One object and what is said of it; columns of `description_item`.
#[derive(Default)]
struct Item {
    kind: i64,
    public_id: String,
    name: Option<String>,
    host_id: Option<String>,
    fqdn: Option<String>,
    version: Option<String>,
    license_server: Option<String>,
    host_type: Option<String>,
    feature: Option<String>,
    fulfillment_id: Option<String>,
    expires: Option<String>,
    deployment_type: Option<String>,
    vpx_mode: Option<String>,
}

/// Adds the objects that the payload names and what it says of them; answers the description's digest.
pub fn describe(commit: &mut Commit, payload: &Payload, subject: &SubjectKey) -> String {
    let items = items(payload, subject);
    for item in &items {
        add_object(commit, item, subject);
    }
    let digest = digest(&items);
    commit.add(
        "INSERT INTO description (digest) SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM description WHERE digest = ?1)",
        [text(&*digest)],
    );
    for item in &items {
        let mut values = vec![text(&*digest), Value::Integer(item.kind), text(&*item.public_id)];
        values.extend(item.columns().map(nullable));
        commit.add(
            "INSERT INTO description_item (description, object, name, host_id, fqdn, version, license_server, host_type,
               feature, fulfillment_id, expires, deployment_type, vpx_mode)
             SELECT d.id, o.id, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14
             FROM description d JOIN object o ON o.kind = ?2 AND o.public_id = ?3
             WHERE d.digest = ?1 AND NOT EXISTS (SELECT 1 FROM description_item WHERE description = d.id AND object = o.id)",
            values,
        );
    }
    digest
}

impl Item {
    fn columns(&self) -> [Option<&str>; 11] {
        [
            &self.name,
            &self.host_id,
            &self.fqdn,
            &self.version,
            &self.license_server,
            &self.host_type,
            &self.feature,
            &self.fulfillment_id,
            &self.expires,
            &self.deployment_type,
            &self.vpx_mode,
        ]
        .map(|column| column.as_deref())
    }
}

fn add_object(commit: &mut Commit, item: &Item, subject: &SubjectKey) {
    let object = || [Value::Integer(item.kind), text(&*item.public_id)];
    let parent = [Value::Integer(subject.kind), text(&*subject.public_id)];
    if item.kind == DELIVERY_GROUP {
        commit.add(
            "SELECT seat_require(0, 'SEAT-U07', 'expected delivery group ' || ?2 || ' in site ' || ?4 || ', found it in site ' || s.public_id)
             FROM object g JOIN object s ON s.id = g.parent WHERE g.kind = ?1 AND g.public_id = ?2 AND s.public_id <> ?4 AND ?3 = s.kind",
            object().into_iter().chain(parent.clone()),
        );
    }
    if item.kind == subject.kind {
        commit.add(
            "INSERT INTO object (kind, public_id) SELECT ?1, ?2
             WHERE NOT EXISTS (SELECT 1 FROM object WHERE kind = ?1 AND public_id = ?2)",
            object(),
        );
    } else {
        commit.add(
            "INSERT INTO object (kind, public_id, parent)
             SELECT ?1, ?2, (SELECT id FROM object WHERE kind = ?3 AND public_id = ?4)
             WHERE NOT EXISTS (SELECT 1 FROM object WHERE kind = ?1 AND public_id = ?2)",
            object().into_iter().chain(parent),
        );
    }
}

/// The subject first, since the others have it for their parent.
fn items(payload: &Payload, subject: &SubjectKey) -> Vec<Item> {
    let own = Item { kind: subject.kind, public_id: subject.public_id.clone(), ..Item::default() };
    match &payload.subject {
        Subject::LicenseServer { host_id, fqdn, version, .. } => {
            vec![Item { host_id: host_id.clone(), fqdn: fqdn.clone(), version: version.clone(), ..own }]
        }
        Subject::LicenseServerHost { .. } => vec![own],
        Subject::Site { name, controller_version, license_server, .. } => {
            debug_assert_eq!(subject.kind, SITE);
            let site = Item {
                name: Some(name.clone()),
                version: controller_version.clone(),
                license_server: license_server.clone(),
                ..own
            };
            let groups = payload.delivery_groups.iter().map(|group| Item {
                kind: DELIVERY_GROUP,
                public_id: group.id.clone(),
                name: Some(group.name.clone()),
                ..Item::default()
            });
            std::iter::once(site).chain(groups).collect()
        }
        Subject::NetScalerHost { host_id, host_type, fqdn } => {
            debug_assert_eq!(subject.kind, NETSCALER_HOST);
            let host = Item {
                host_id: Some(host_id.clone()),
                fqdn: fqdn.clone(),
                host_type: host_type.clone(),
                ..own
            };
            let licenses = payload.vpx.iter().map(|vpx| Item {
                kind: NETSCALER,
                public_id: format!("{host_id}/{}", vpx.entitlement_id),
                name: Some(vpx.product_name.clone()),
                host_id: Some(host_id.clone()),
                fqdn: fqdn.clone(),
                host_type: host_type.clone(),
                feature: Some(vpx.feature.clone()),
                fulfillment_id: vpx.fulfillment_id.clone(),
                expires: vpx.expires.as_text().map(str::to_owned),
                deployment_type: vpx.deployment_type.clone(),
                vpx_mode: vpx.mode.clone(),
                ..Item::default()
            });
            std::iter::once(host).chain(licenses).collect()
        }
    }
}

/// SHA-256, in hex, over every column of every item, each with its length.
fn digest(items: &[Item]) -> String {
    let mut hash = Sha256::new();
    for item in items {
        hash.update(item.kind.to_be_bytes());
        for column in std::iter::once(Some(item.public_id.as_str())).chain(item.columns()) {
            hash.update(column.map_or(u64::MAX, |text| text.len() as u64).to_be_bytes());
            hash.update(column.unwrap_or_default());
        }
    }
    hex(&hash.finalize())
}
