//! Native payloads of the sample fleet: license servers with their license file, sites, NetScalers.

use serde_json::{Value, json};

use super::calendar::Calendar;
use super::fleet::{BASE_FEATURE, LICENSE_SERVERS, LicenseServer, MAIN_FEATURE, NetScaler, Site};
use super::uploads::{List, Sending};
use crate::domain::period::BillingPeriod;

const ENTRY: &str = "payload.json";
/// What a server with a concurrent license runs beside the program's own.
const CONCURRENT_FEATURE: &str = "MPS_ENT_CCU";

pub fn license_server(
    calendar: &Calendar,
    sending: &Sending,
    server: &LicenseServer,
    lists: &[List],
) -> Vec<(&'static str, String)> {
    let period = calendar.months[sending.night.month];
    let mut usage = usage(period, lists);
    if server.concurrent {
        let period = period.to_string();
        usage.push(json!({ "feature": CONCURRENT_FEATURE, "period": period, "peak": 17, "active": true, "users": [] }));
    }
    let payload = json!({
        "format": "seatledger/license-server@1",
        "collectedAt": sending.collected_at.to_string(),
        "licenseServer": {
            "guid": server.guid(), "hostId": server.host_id(), "fqdn": server.fqdn(), "version": server.version
        },
        "usage": usage,
    });
    vec![(ENTRY, text(&payload)), ("csp_premium.lic", license_file(calendar, server))]
}

pub fn site(
    calendar: &Calendar,
    sending: &Sending,
    site: &Site,
    lists: Vec<Vec<List>>,
) -> Vec<(&'static str, String)> {
    let period = calendar.months[sending.night.month];
    let groups: Vec<Value> = site
        .groups
        .iter()
        .zip(&lists)
        .map(
            |(name, lists)| json!({ "id": site.group_id(name), "name": name, "usage": usage(period, lists) }),
        )
        .collect();
    let payload = json!({
        "format": "seatledger/site@1",
        "collectedAt": sending.collected_at.to_string(),
        "site": {
            "id": site.id(), "name": site.name, "controllerVersion": "2402 CU3",
            "licenseServer": LICENSE_SERVERS[site.license_server].fqdn()
        },
        "deliveryGroups": groups,
    });
    vec![(ENTRY, text(&payload))]
}

pub fn netscaler(
    calendar: &Calendar,
    sending: &Sending,
    netscaler: &NetScaler,
) -> Vec<(&'static str, String)> {
    let expires = calendar.date_in(netscaler.expires_in).to_chrono().format("%Y-%m-%d").to_string();
    let payload = json!({
        "format": "seatledger/netscaler@1",
        "collectedAt": sending.collected_at.to_string(),
        "netScaler": {
            "hostId": netscaler.host_id, "hostType": "Ethernet", "fqdn": format!("{}.csp.example", netscaler.host)
        },
        "licenses": [{
            "productName": format!("NetScaler VPX {} - Standard Edition", netscaler.mbps),
            "feature": format!("CNS_V{}_SERVER", netscaler.mbps),
            "entitlementId": netscaler.entitlement_id(),
            "fulfillmentId": format!("FID_{}", netscaler.host_id),
            "expires": expires,
            "deploymentType": netscaler.deployment_type,
            "vpxMode": netscaler.vpx_mode
        }],
    });
    vec![(ENTRY, text(&payload))]
}

fn usage(period: BillingPeriod, lists: &[List]) -> Vec<Value> {
    let period = period.to_string();
    let one = |list: &List| {
        let peak = list.users.len() * 3 / 5;
        json!({ "feature": list.feature, "period": period, "peak": peak, "active": true, "users": list.users })
    };
    lists.iter().map(one).collect()
}

fn license_file(calendar: &Calendar, server: &LicenseServer) -> String {
    let expires = calendar.date_in(server.expires_in).to_chrono();
    let (sa_date, until) = (expires.format("%Y.%m%d"), expires.format("%d-%b-%Y"));
    let (host, serial) = (server.host_id(), &server.host[3..5]);
    let increment = |feature: &str, quantity: u64, line: u32| {
        format!(
            "INCREMENT {feature} CITRIX {sa_date} {until} {quantity} VENDOR_STRING=;LT=Retail;GP=720;SA=1;ODP=10;LP=90 \\\n    \
             DUP_GROUP=V NOTICE=\"Example CSP\" SN=LA-00010000{serial}-0000{line} SIGN=\"0123 4567\"\n"
        )
    };
    let mut file =
        format!("# license file of {host}\nSERVER this_host HOSTNAME={host}\nVENDOR CITRIX\nUSE_SERVER\n");
    file += &increment(MAIN_FEATURE, server.quantity, 1);
    file += &increment(BASE_FEATURE, server.quantity / 5, 2);
    if server.concurrent {
        file += &increment(CONCURRENT_FEATURE, 25, 3);
    }
    file
}

fn text(payload: &Value) -> String {
    // Pretty: people look into these files.
    format!("{payload:#}\n")
}
