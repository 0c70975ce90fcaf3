//! Fields of native payloads: what must be there, and how each is refused.

use super::super::testing::{one, read_at, read_now, refusal, usage};
use super::super::{Expiry, Subject};

const SERVER: &str = r#"{"format": "seatledger/license-server@1", "collectedAt": "2026-10-15T03:00:07Z",
"licenseServer": {"guid": "{A5AE17C9-8a4a-4318-938f-a8c6da2aa2ef}", "hostId": "LIC01", "fqdn": "lic01.csp.example", "version": "11.17.2.0. build 53100"},
"licenseFiles": [{"name": "csp.lic", "entitlements": [{"feature": "XDT_PLT_UD", "quantity": 500, "overdraft": 50,
  "saDate": "2026-12-31", "expires": "2026-12-31", "type": "Retail", "serialNumber": "LA-1", "csp": false}]}],
"usage": [{"feature": "XDT_PLT_UD", "period": "2026-10", "peak": 312, "active": true, "users": [" CORP\\anna ", "ben"], "devices": ["THIN-1"]}]}"#;
const SITE: &str = r#"{"collectedAt": "2026-10-15T03:00:07Z", "deliveryGroups": [{"usage": [], "id": "g1", "name": "NG1"}, {"id": "g2", "name": "NG2"}],
"site": {"id": "s1", "name": "Nord"}, "format": "seatledger/site@1"}"#;
const NETSCALER: &str = r#"{"format": "seatledger/netscaler@1", "collectedAt": "2026-10-15T03:00:07Z",
"netScaler": {"hostId": "0a1b2c3d4e5f", "hostType": "", "fqdn": "ns01.csp.example"},
"licenses": [{"productName": "NetScaler VPX 1000 - Standard Edition", "feature": "CNS_V1000_SERVER", "entitlementId": "LA-2",
  "fulfillmentId": "F", "expires": null, "deploymentType": "HA Primary", "vpxMode": "Active"}]}"#;

fn changed(payload: &str, from: &str, to: &str) -> String {
    assert!(payload.contains(from), "{from}");
    payload.replacen(from, to, 1)
}

#[test]
fn every_field_is_read() {
    let payload = one(read_now(SERVER.as_bytes()));
    let Subject::LicenseServer { guid, version, .. } = &payload.subject else { panic!("a server") };
    assert_eq!(guid, "a5ae17c9-8a4a-4318-938f-a8c6da2aa2ef");
    assert_eq!(version.as_deref(), Some("11.17.2.0 build 53100"));
    assert_eq!(usage(&payload), [r"XDT_PLT_UD 2026-10: CORP\anna, ben"]);
    assert_eq!(payload.usage[0].devices.iter().collect::<Vec<_>>(), ["THIN-1"]);
    assert_eq!((payload.peaks[0].peak, payload.peaks[0].active), (Some(312), Some(true)));
    let files = payload.license_files.expect("files");
    let entitlement = &files[0].entitlements[0];
    assert_eq!((entitlement.quantity, entitlement.overdraft, entitlement.csp), (Some(500), Some(50), false));
    assert_eq!(entitlement.kind.as_deref(), Some("Retail"));

    let payload = one(read_now(NETSCALER.as_bytes()));
    assert_eq!(payload.vpx[0].expires, Expiry::Permanent);
    assert_eq!(payload.vpx[0].mode.as_deref(), Some("Active"));

    // The format may stand last, and a delivery group may tell no usage.
    assert_eq!(one(read_now(SITE.as_bytes())).delivery_groups.len(), 2);
}

#[test]
fn what_is_absent_says_nothing_and_an_empty_list_says_none() {
    let start = SERVER.find("\"licenseFiles\"").expect("there");
    let bare = format!("{}\"x\": [[], {{}}]}}", &SERVER[..start]);
    let payload = one(read_now(bare.as_bytes()));
    assert_eq!((payload.license_files, payload.usage.len()), (None, 0));
    let none = changed(&bare, "\"x\"", "\"licenseFiles\": [], \"x\"");
    assert_eq!(one(read_now(none.as_bytes())).license_files, Some(vec![]));

    let files = changed(
        &bare,
        "\"x\"",
        r#""licenseFiles": [{"name": "a/b.lic", "entitlements": [{"feature": "CITRIX", "quantity": 0}, {"feature": "CITRIX", "quantity": 1, "expires": null}]}], "x""#,
    );
    let files = one(read_now(files.as_bytes())).license_files.expect("files");
    assert_eq!(files[0].name, "b.lic");
    let [silent, permanent] = files[0].entitlements.as_slice() else { panic!("two") };
    assert_eq!((&silent.expires, silent.csp, silent.overdraft), (&Expiry::Unknown, true, None));
    assert_eq!(permanent.expires, Expiry::Permanent);
}

#[test]
fn wrong_values_are_refused_at_their_place() {
    for (from, to, place) in [
        ("\"2026-10\"", "202610", "$.usage[0].period"),
        ("\"2026-10\"", "\"2026-13\"", "$.usage[0].period"),
        ("\"2026-10\"", "null", "$.usage[0].period"),
        ("\"period\"", "\"perod\"", "$.usage[0].period"),
        ("\"users\"", "\"user\"", "$.usage[0].users"),
        ("\"ben\"", "5", "$.usage[0].users[1]"),
        ("\"ben\"", "[\"ben\"]", "$.usage[0].users[1]"),
        ("\"ben\"", "\"b\\u0007n\"", "$.usage[0].users[1]"),
        ("\"ben\"", "\"b\\u0085n\"", "$.usage[0].users[1]"),
        ("[\"THIN-1\"]", "\"THIN-1\"", "$.usage[0].devices"),
        ("312", "\"312\"", "$.usage[0].peak"),
        ("312", "-1", "$.usage[0].peak"),
        ("312", "1.5", "$.usage[0].peak"),
        ("312", "null", "$.usage[0].peak"),
        ("true", "1", "$.usage[0].active"),
        ("\"usage\": [{", "\"usage\": [5, {", "$.usage[0]"),
        ("\"usage\": [", "\"usage\": {}, \"x\": [", "$.usage"),
        ("\"active\"", "\"peak\"", "$.usage[0].peak"),
        ("\"peak\": 312,", "\"peak\": 1, \"peak\": 2,", "$.usage[0].peak"),
        ("500", "null", "$.licenseFiles[0].entitlements[0].quantity"),
        ("\"quantity\"", "\"qty\"", "$.licenseFiles[0].entitlements[0].quantity"),
        ("\"2026-12-31\", \"type\"", "5, \"type\"", "$.licenseFiles[0].entitlements[0].expires"),
        ("\"csp.lic\"", "\" \"", "$.licenseFiles[0].name"),
        ("{A5AE17C9-", "{A5AE17C9", "$.licenseServer.guid"),
        ("\"guid\"", "\"uid\"", "$.licenseServer.guid"),
        ("\"hostId\"", "\"host\"", "$.licenseServer.hostId"),
        ("\"licenseServer\"", "\"server\"", "$.licenseServer"),
        ("\"collectedAt\"", "\"at\"", "$.collectedAt"),
        ("2026-10-15T03:00:07Z", "2026-10-15T03:00:07", "$.collectedAt"),
    ] {
        let upload = changed(SERVER, from, to);
        assert_eq!(refusal(read_now(upload.as_bytes())), format!("SEAT-U05  {place}"), "{from} → {to}");
    }
    for (from, to, place) in [
        ("\"id\": \"g2\"", "\"id\": \"g1\"", "$.deliveryGroups[1].id"),
        ("\"id\": \"g2\", ", "", "$.deliveryGroups[1].id"),
        ("\"name\": \"NG2\"", "\"n\": 0", "$.deliveryGroups[1].name"),
        ("\"id\": \"s1\"", "\"id\": \"\"", "$.site.id"),
        ("\"deliveryGroups\"", "\"groups\"", "$.deliveryGroups"),
    ] {
        let upload = changed(SITE, from, to);
        assert_eq!(refusal(read_now(upload.as_bytes())), format!("SEAT-U05  {place}"), "{from} → {to}");
    }
    let upload = changed(NETSCALER, "\"entitlementId\"", "\"eid\"");
    assert_eq!(refusal(read_now(upload.as_bytes())), "SEAT-U05  $.licenses[0].entitlementId");
    let fault = read_now(changed(SERVER, "\"ben\"", "5").as_bytes()).expect_err("refused");
    assert_eq!(fault.detail(), "at $.usage[0].users[1]: expected a name, found integer `5`");
}

#[test]
fn doubts_are_warnings() {
    for (payload, from, to, warning) in [
        (SERVER, "\"ben\"", "\" \"", "at $.usage[0].users: 1 empty name"),
        (SERVER, "\"Retail\"", "\"Odd\"", "at $.licenseFiles[0].entitlements[0].type: unknown value \"Odd\""),
        (
            SERVER,
            "\"2026-12-31\", \"type\"",
            "\"soon\", \"type\"",
            "at $.licenseFiles[0].entitlements[0].expires: unreadable date \"soon\"",
        ),
        (SERVER, "XDT_PLT_UD\", \"period", "NEW_ONE\", \"period", "unknown feature \"NEW_ONE\""),
        (NETSCALER, "HA Primary", "HA", "at $.licenses[0].deploymentType: unknown value \"HA\""),
    ] {
        let reading = read_now(changed(payload, from, to).as_bytes()).expect("accepted");
        assert_eq!(reading.warnings, [warning]);
    }
}

#[test]
fn a_period_after_collection_or_receipt_is_refused() {
    let november = changed(SERVER, "\"2026-10\"", "\"2026-11\"");
    assert_eq!(refusal(read_now(november.as_bytes())), "SEAT-U06  $.usage[0].period");
    // In Kiritimati, November began on 31 October at 10:00 UTC.
    let eve = changed(&november, "2026-10-15T03:00:07Z", "2026-10-31T11:00:00Z");
    let at = |received_at| read_at(eve.as_bytes(), received_at, "Pacific/Kiritimati", "");
    assert!(at("2026-10-31T11:00:00Z").is_ok());
    assert_eq!(refusal(at("2026-10-31T09:00:00Z")), "SEAT-U06  $.usage[0].period");
}

#[test]
fn lists_of_one_feature_and_period_are_one() {
    let twice = changed(
        SERVER,
        "\"usage\": [",
        r#""usage": [{"feature": "XDT_PLT_UD", "period": "2026-10", "users": ["carl"], "peak": 500}, "#,
    );
    let payload = one(read_now(twice.as_bytes()));
    assert_eq!(usage(&payload), [r"XDT_PLT_UD 2026-10: carl, CORP\anna, ben"]);
    assert_eq!(payload.peaks.len(), 1);
    assert_eq!(payload.peaks[0].peak, Some(500));
}

/// `cargo test --release --lib speed -- --ignored --nocapture`: aim 0.1 to 0.15 s.
#[test]
#[ignore = "a measurement"]
#[allow(clippy::disallowed_methods, reason = "it takes the time of a run, not the time of day")]
fn speed_of_a_million_names() {
    let names: Vec<String> = (0..1_000_000).map(|n| format!("\"CORP{}\\\\user{n:07}\"", n % 97)).collect();
    let text = changed(SERVER, "\"ben\"", &names.join(","));
    let upload = super::super::testing::zip(&[("payload.json", text.as_bytes())]);
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let payload = one(read_now(&upload));
        println!("{} names in {:?}", payload.usage[0].users.len(), begun.elapsed());
    }
}
