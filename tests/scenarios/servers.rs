//! License servers, sites and NetScalers as an administrator sees them.

use seatledger::domain::entitlement::Entitled;
use seatledger::domain::ids::ObjectKind::{DeliveryGroup, LicenseServer, Site, User};
use seatledger::domain::server_status::{Colour, Flag, State};
use seatledger::payload::Limits;
use seatledger::store::archive::Archivable;
use seatledger::store::assignments::ObjectRef;
use seatledger::store::license_servers::LicenseServer as Server;
use seatledger::store::receipts_by_day::DayMark;
use seatledger::store::uploads::Window;
use serde_json::{Value, json};

use crate::house::{House, guid, license_server, site};

/// A payload with license files: `file feature quantity expires`.
fn with_files(number: usize, collected_at: &str, files: &[(&str, &str, u64, &str)]) -> Value {
    let mut payload = license_server(number, collected_at, &collected_at[..7], &["CORP\\anna", "CORP\\ben"]);
    let one = |(file, feature, quantity, expires): &(&str, &str, u64, &str)| json!({ "name": file, "entitlements": [{ "feature": feature, "quantity": quantity, "expires": expires, "overdraft": 50 }] });
    payload["licenseFiles"] = files.iter().map(one).collect();
    payload
}

fn lone_file(host: &str, feature: &str, quantity: u64) -> String {
    format!(
        "SERVER this_host HOSTNAME={host}\nVENDOR CITRIX\nUSE_SERVER\n\
         INCREMENT {feature} CITRIX 2026.1231 31-dec-2026 {quantity} VENDOR_STRING=;LT=Retail;GP=720;SA=1 SN=LA-1:FID_1 SIGN=\"0\"\n"
    )
}

fn words(server: &Server) -> Vec<&'static str> {
    server.status.notices.iter().map(|notice| notice.flag.as_str()).collect()
}

#[test]
fn a_server_that_falls_silent_is_not_reporting_after_the_days_that_are_set() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.set_clock("2026-10-19T23:00:00Z");
    let server = house.server("2026-10", 1);
    assert_eq!((server.status.state, server.status.days_silent), (State::Reporting, Some(4)));
    assert_eq!(server.users, 1);
    assert_eq!(server.status.colour(), Colour::Green);
    house.set_clock("2026-10-20T00:00:00Z");
    assert_eq!(house.server("2026-10", 1).status.state, State::NotReporting);
    house.setting("reporting_days", "9");
    assert_eq!(house.server("2026-10", 1).status.state, State::Reporting);
    house.setting("minimum_license_server_version", "11.17.2.0 build 53101");
    assert_eq!(words(&house.server("2026-10", 1)), ["old-version"]);
}

#[test]
fn an_archived_server_leaves_with_its_flags_and_comes_back_when_it_reports() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.free("2026-10", LicenseServer, &guid(1), true).unwrap();
    house.archive(Archivable::LicenseServer, &guid(1)).unwrap();
    let server = house.server("2026-10", 1);
    assert_eq!((server.status.state, words(&server), server.users), (State::Archived, vec![], 1));
    // Collected before it was archived: that is no sign of life.
    house.set_clock("2026-10-16T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T04:00:00Z", "2026-10", &["CORP\\ben"]));
    assert_eq!(house.server("2026-10", 1).status.state, State::Archived);
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\ben"]));
    let server = house.server("2026-10", 1);
    assert_eq!((server.status.state, words(&server)), (State::Reporting, vec!["free"]));
    assert_eq!(
        house.sql("SELECT before, after FROM audit WHERE action = 'archive' ORDER BY id"),
        ["NULL|2026-10-15T10:00:00Z", "2026-10-15T10:00:00Z|NULL"]
    );
    let refused = house.archive(Archivable::Site, "Nowhere").unwrap_err().to_string();
    assert_eq!(refused, "SEAT-A02: expected a known site, found 'Nowhere'");
}

#[test]
fn two_servers_with_one_host_id_name_each_other() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let mut twin = license_server(2, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]);
    twin["licenseServer"]["hostId"] = json!("lic01");
    house.upload(&license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]));
    house.upload(&twin);
    assert_eq!(words(&house.server("2026-10", 1)), ["shared-host-id"]);
    assert_eq!(words(&house.server("2026-10", 2)), ["shared-host-id"]);
    house.archive(Archivable::LicenseServer, &guid(2)).unwrap();
    assert_eq!(words(&house.server("2026-10", 1)), Vec::<&str>::new());
}

#[test]
fn use_stands_against_what_the_license_files_grant() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.upload(&with_files(
        1,
        "2026-10-15T03:00:00Z",
        &[("a.lic", "XDT_PLT_UD", 1, "2026-10-20"), ("b.lic", "MPS_ENT_CCU", 25, "2027-10-20")],
    ));
    house.upload(&with_files(2, "2026-10-15T03:00:00Z", &[("a.lic", "XDT_PLT_UD", 100, "2027-10-20")]));
    let server = house.server("2026-10", 1);
    assert_eq!(words(&server), ["overage", "non-csp", "expiring"]);
    assert_eq!(server.status.notices[0].text, "Use above entitlement: 2 of 1 XDT_PLT_UD.");
    assert_eq!(server.nearest_expiry.unwrap().date, "2026-10-20");
    assert_eq!(house.entitled("2026-10", "XDT_PLT_UD"), Some(Entitled::Licenses(101)));
    assert_eq!(house.entitled("2026-10", "MPS_ENT_CCU"), None, "not a user feature");
    let detail = house.server_detail("2026-10", 1);
    let rows = detail.entitlements.unwrap();
    assert_eq!((rows[0].used, rows[0].line.quantity, rows[0].line.overdraft), (2, Some(1), Some(50)));
    house.set_clock("2026-10-21T00:00:00Z");
    assert_eq!(house.entitled("2026-10", "XDT_PLT_UD"), Some(Entitled::Licenses(100)), "one has expired");
    assert!(house.server("2026-10", 1).status.has(Flag::Expired));
}

#[test]
fn entitlements_of_a_month_are_those_that_were_told_up_to_its_end() {
    let mut house = House::at("2026-11-20T10:00:00Z");
    house.setting("time_zone", "Europe/Berlin");
    house.upload(&with_files(1, "2026-10-15T03:00:00Z", &[("a.lic", "XDT_PLT_UD", 100, "2026-10-31")]));
    // 1 November in Berlin.
    house.upload(&with_files(1, "2026-10-31T23:00:00Z", &[("b.lic", "XDT_PLT_UD", 250, "2027-10-31")]));
    assert_eq!(
        house.entitled("2026-10", "XDT_PLT_UD"),
        Some(Entitled::Licenses(100)),
        "through its last day"
    );
    assert_eq!(house.entitled("2026-11", "XDT_PLT_UD"), Some(Entitled::Licenses(250)));
    assert_eq!(house.entitled("2026-09", "XDT_PLT_UD"), None);
    // A payload that says nothing of files takes none away; one that says none does.
    house.upload(&license_server(1, "2026-11-02T03:00:00Z", "2026-11", &["CORP\\anna"]));
    assert_eq!(house.entitled("2026-11", "XDT_PLT_UD"), Some(Entitled::Licenses(250)));
    house.upload(&with_files(1, "2026-11-03T03:00:00Z", &[]));
    assert_eq!(house.entitled("2026-11", "XDT_PLT_UD"), None);
}

#[test]
fn a_license_file_that_comes_alone_is_added_to_the_others() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.upload(&with_files(1, "2026-10-15T03:00:00Z", &[("a.lic", "XDT_PLT_UD", 100, "2027-10-31")]));
    house.upload_as("extra.lic", lone_file("LIC01", "XDT_PLT_UD", 20).as_bytes());
    assert_eq!(house.entitled("2026-10", "XDT_PLT_UD"), Some(Entitled::Licenses(120)));
    house.set_clock("2026-10-15T11:00:00Z");
    house.upload_as("extra.lic", lone_file("LIC01", "XDT_PLT_UD", 30).as_bytes());
    assert_eq!(
        house.entitled("2026-10", "XDT_PLT_UD"),
        Some(Entitled::Licenses(130)),
        "the newer of one name"
    );
    let detail = house.server_detail("2026-10", 1);
    let files: Vec<&str> = detail.entitlements.iter().flatten().map(|row| row.line.file.as_str()).collect();
    assert_eq!(files, ["a.lic", "extra.lic"]);
    assert_eq!(
        detail.server.last_collected_at.unwrap().to_string(),
        "2026-10-15T03:00:00Z",
        "it is no report"
    );
    // What the server then lists is all that is there.
    house.set_clock("2026-10-16T10:00:00Z");
    house.upload(&with_files(1, "2026-10-16T03:00:00Z", &[("a.lic", "XDT_PLT_UD", 100, "2027-10-31")]));
    assert_eq!(house.entitled("2026-10", "XDT_PLT_UD"), Some(Entitled::Licenses(100)));
}

#[test]
fn use_of_a_server_is_that_of_the_people_who_are_counted() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let mut payload =
        license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna", "CORP\\ben", "anna"]);
    let base = json!({ "feature": "XDT_ADV_UD", "period": "2026-10", "users": ["CORP\\anna", "CORP\\carl"] });
    payload["usage"].as_array_mut().unwrap().push(base);
    house.upload(&payload);
    let used = house.store.source_use("2026-10".parse().unwrap()).unwrap();
    let source = used.get(LicenseServer, &guid(1)).unwrap();
    assert_eq!((source.users, source.features["XDT_PLT_UD"], source.features["XDT_ADV_UD"]), (4, 3, 2));
    house.raw(&format!(
        "INSERT INTO change (at, by) SELECT '2026-10-15T10:00:00Z', 'test' WHERE NOT EXISTS (SELECT 1 FROM change);
         INSERT INTO default_domain_row SELECT id, 202610, 'CORP', (SELECT max(id) FROM change) FROM object WHERE public_id = '{}';",
        guid(1)
    ));
    let used = house.store.source_use("2026-10".parse().unwrap()).unwrap();
    let source = used.get(LicenseServer, &guid(1)).unwrap();
    assert_eq!((source.users, source.features["XDT_PLT_UD"], source.features["XDT_ADV_UD"]), (3, 2, 2));
}

#[test]
fn the_strip_tells_what_came_what_came_late_and_what_is_missing() {
    let mut house = House::at("2026-10-20T10:00:00Z");
    house.setting("time_zone", "Europe/Berlin");
    // The clocks go back in the night to 25 October.
    for day in ["2026-10-20", "2026-10-24", "2026-10-25", "2026-10-26"] {
        // 23:30 of that day before the change, 22:30 behind it.
        house.set_clock(&format!("{day}T21:30:05Z"));
        house.upload(&license_server(1, &format!("{day}T21:30:00Z"), "2026-10", &["CORP\\anna"]));
    }
    house.set_clock("2026-10-28T05:00:00Z");
    house.upload(&license_server(1, "2026-10-22T03:00:00Z", "2026-10", &["CORP\\late"]));
    house.upload(&license_server(1, "2026-10-27T03:00:00Z", "2026-10", &["CORP\\anna"]));
    let strip = house.server_detail("2026-10", 1).strip;
    assert_eq!(strip.len(), 60);
    let shown: Vec<(String, DayMark)> =
        strip[50..].iter().map(|day| (day.date.to_string()[5..].to_owned(), day.mark)).collect();
    use DayMark::{ArrivedLater, BeforeFirst, Got, Missing, NotYet};
    let expected = [
        ("10-19", BeforeFirst),
        ("10-20", Got),
        ("10-21", Missing),
        ("10-22", ArrivedLater),
        ("10-23", Missing),
        ("10-24", Got),
        ("10-25", Got),
        ("10-26", Got),
        ("10-27", Got),
        ("10-28", NotYet),
    ];
    assert_eq!(shown, expected.map(|(day, mark)| (day.to_owned(), mark)));
    let silent = house.store.silent_days("2026-10".parse().unwrap(), house.now(), house.zone()).unwrap();
    let [silent] = &silent[..] else { panic!("{silent:?}") };
    assert_eq!((silent.name.as_str(), silent.silent, silent.days), ("LIC01", 2, 8));
    house.archive(Archivable::LicenseServer, &guid(1)).unwrap();
    assert_eq!(house.store.silent_days("2026-10".parse().unwrap(), house.now(), house.zone()).unwrap(), []);
}

#[test]
fn a_server_that_was_seen_in_an_earlier_month_is_silent_in_all_of_this_one() {
    let mut house = House::at("2026-09-30T10:00:00Z");
    house.upload(&license_server(1, "2026-09-30T03:00:00Z", "2026-09", &["CORP\\anna"]));
    let days = |house: &House, period: &str| {
        let silent = house.store.silent_days(period.parse().unwrap(), house.now(), house.zone()).unwrap();
        silent.into_iter().map(|source| (source.silent, source.days)).collect::<Vec<_>>()
    };
    house.set_clock("2026-10-01T00:00:00Z");
    assert_eq!(days(&house, "2026-09"), [], "it told of its first day");
    assert_eq!(days(&house, "2026-10"), [], "no day is over");
    house.set_clock("2026-11-20T00:00:00Z");
    assert_eq!(days(&house, "2026-10"), [(31, 31)]);
    assert_eq!(days(&house, "2026-08"), [], "nobody was seen yet");
}

#[test]
fn a_site_says_which_side_may_be_assigned_and_why_not() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.customer("Acme");
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &[("NG1", &["CORP\\gus"]), ("NG2", &[])]));
    house.upload(&site("Nord", "2026-10-15T04:00:00Z", "2026-10", &[("NG1", &["CORP\\gus"])]));
    let nord = house.site("2026-10", "Nord");
    assert_eq!((nord.status.state, nord.blocked, nord.customer), (State::Reporting, None, None));
    let groups: Vec<(&str, i64, bool)> = nord
        .delivery_groups
        .iter()
        .map(|group| (group.name.as_str(), group.users, group.is_listed))
        .collect();
    assert_eq!(groups, [("NG1", 1, true), ("NG2", 0, false)]);

    house.tag("2026-10", DeliveryGroup, "NG1", Some("Acme")).unwrap();
    let nord = house.site("2026-10", "Nord");
    assert_eq!(
        nord.blocked.as_deref(),
        Some("Its delivery group NG1 is assigned to Acme: clear that first.")
    );
    assert!(house.tag("2026-10", Site, "Nord", Some("Acme")).is_err(), "as the guard says");
    assert_eq!(nord.delivery_groups[1].blocked, None);

    house.tag("2026-10", DeliveryGroup, "NG1", None).unwrap();
    house.tag("2026-10", Site, "Nord", Some("Acme")).unwrap();
    let nord = house.site("2026-10", "Nord");
    assert_eq!(nord.blocked, None);
    assert_eq!(
        nord.delivery_groups[0].blocked.as_deref(),
        Some("Its site Nord is assigned to Acme: clear that first.")
    );
}

#[test]
fn a_later_assignment_blocks_as_well_and_is_named_with_its_month() {
    let mut house = House::at("2026-11-05T10:00:00Z");
    house.customer("Acme");
    house.upload(&site("Nord", "2026-10-15T03:00:00Z", "2026-10", &[("NG1", &["CORP\\gus"])]));
    house.tag("2026-11", DeliveryGroup, "NG1", Some("Acme")).unwrap();
    assert_eq!(
        house.site("2026-10", "Nord").blocked.as_deref(),
        Some("Its delivery group NG1 is assigned to Acme from 2026-11 on: clear that first.")
    );
    assert!(house.tag("2026-10", Site, "Nord", Some("Acme")).is_err(), "as the guard says");
}

#[test]
fn netscalers_are_those_that_their_host_lists_now() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let payload = |collected_at: &str, serials: &[&str]| {
        let license = |serial: &&str| {
            json!({ "productName": "NetScaler VPX 1000", "feature": "CNS_V1000_SERVER", "entitlementId": serial,
                "expires": "2026-10-31", "deploymentType": "HA Primary", "vpxMode": "Active" })
        };
        json!({ "format": "seatledger/netscaler@1", "collectedAt": collected_at,
            "netScaler": { "hostId": "0a1b2c3d4e5f", "hostType": "Ethernet", "fqdn": "ns01.csp.example" },
            "licenses": serials.iter().map(license).collect::<Vec<_>>() })
    };
    house.upload(&payload("2026-10-14T03:00:00Z", &["LA-1", "LA-2"]));
    house.upload(&payload("2026-10-15T03:00:00Z", &["LA-2"]));
    let all = house.netscalers("2026-10");
    let [only] = &all[..] else { panic!("{all:?}") };
    assert_eq!((only.id.as_str(), only.entitlement_id.as_str()), ("0a1b2c3d4e5f/LA-2", "LA-2"));
    assert_eq!(only.edition, "NetScaler VPX, 1000 Mbps");
    assert_eq!(only.status.state, State::Reporting);
    assert!(only.status.has(Flag::Expiring));
    house.archive(Archivable::NetScaler, "0a1b2c3d4e5f/LA-2").unwrap();
    assert_eq!(house.netscalers("2026-10")[0].status.state, State::Archived);
}

#[test]
fn a_clock_that_is_ahead_is_flagged_by_the_newest_upload() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.upload(&license_server(1, "2026-10-15T12:00:00Z", "2026-10", &["CORP\\anna"]));
    assert_eq!(words(&house.server("2026-10", 1)), ["clock-skew"]);
    house.set_clock("2026-10-16T10:00:00Z");
    house.upload(&license_server(1, "2026-10-16T03:00:00Z", "2026-10", &["CORP\\anna"]));
    assert_eq!(words(&house.server("2026-10", 1)), Vec::<&str>::new());
}

#[test]
fn a_concurrent_license_in_use_is_flagged_in_its_month() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    let mut payload = license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]);
    let concurrent = json!({ "feature": "MPS_ENT_CCU", "period": "2026-10", "peak": 17, "users": [] });
    payload["usage"].as_array_mut().unwrap().push(concurrent);
    house.upload(&payload);
    assert_eq!(words(&house.server("2026-10", 1)), ["concurrent"]);
    assert_eq!(house.server_detail("2026-10", 1).peaks, [("MPS_ENT_CCU".to_owned(), 17)]);
    assert_eq!(words(&house.server("2026-09", 1)), Vec::<&str>::new());
}

#[test]
fn a_server_tells_its_past_and_what_it_sent_last() {
    let mut house = House::at("2026-10-15T10:00:00Z");
    house.customer("Acme");
    let mut old = license_server(1, "2026-10-13T03:00:00Z", "2026-10", &["CORP\\anna"]);
    old["licenseServer"]["version"] = json!("11.16.3.0 build 28000");
    house.upload(&old);
    let other = license_server(2, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]);
    let new = license_server(1, "2026-10-15T03:00:00Z", "2026-10", &["CORP\\anna"]);
    house.upload_all(&[other, new]);
    house.tag("2026-10", LicenseServer, &guid(1), Some("Acme")).unwrap();
    house.free("2026-10", LicenseServer, &guid(1), true).unwrap();
    let detail = house.server_detail("2026-10", 1);
    let versions: Vec<(&str, &str)> = detail
        .described
        .iter()
        .map(|described| (described.version.as_deref().unwrap(), described.first_collected_at.as_str()))
        .collect();
    assert_eq!(
        versions,
        [
            ("11.17.2.0 build 53100", "2026-10-15T03:00:00Z"),
            ("11.16.3.0 build 28000", "2026-10-13T03:00:00Z")
        ]
    );
    assert_eq!(detail.history.tags[0].customer.as_ref().unwrap().name, "Acme");
    assert_eq!((detail.history.tags[0].changed_by.as_str(), detail.history.tags.len()), ("test", 1));
    assert_eq!(detail.history.free_flags[0].reason.as_deref(), Some("test"));
    let newest = detail.newest.unwrap();
    let window = Window { offset: 0, limit: 0 };
    let sent =
        house.store.decode_upload(&newest.upload, &Limits::default(), window).unwrap().unwrap().unwrap();
    assert_eq!(sent.payloads[newest.ordinal].facts[0], ("GUID".to_owned(), guid(1)));
    let object = ObjectRef::new(LicenseServer, &guid(1));
    let history = house.store.history_of(&object).unwrap().unwrap();
    assert_eq!(history, detail.history);
    assert_eq!(house.store.history_of(&ObjectRef::new(User, "nobody")).unwrap(), None);
}
