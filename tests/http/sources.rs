//! License servers, sites and NetScaler: what pages and calls say of them, and how they are archived.

use crate::server::Server as Running;
use crate::support::{House, Server, Site, guid, zip};

const OCTOBER: &str = "2026-10";

/// Today is 20 October 2026. LIC01 belongs to Acme and reports; LIC02 last did on 8 October.
fn fleet() -> Running {
    let server = Running::new();
    let house = &server.house;
    house.customer("Acme");
    house.customer("Beta");
    for upload in [
        Server::new("LIC01", "2026-10-20T03:00:00Z").saw(OCTOBER, &[r"CORP\anna", r"CORP\ben"]).upload(),
        Server::new("LIC02", "2026-10-08T03:00:00Z").saw(OCTOBER, &[r"CORP\gus"]).upload(),
        Site::new("Nord", "2026-10-20T03:00:00Z")
            .group("NG1", OCTOBER, &[r"CORP\gus", r"CORP\ivo"])
            .group("NG2", OCTOBER, &[r"CORP\gus"])
            .upload(),
        netscaler(),
    ] {
        assert_eq!(house.import(&upload)["status"], "accepted");
    }
    house.assign(OCTOBER, "license-server", &guid("LIC01"), "acme").done();
    server
}

fn netscaler() -> crate::support::Upload {
    let content = r#"{ "format": "seatledger/netscaler@1", "collectedAt": "2026-10-20T03:00:00Z",
        "netScaler": { "hostId": "0a1b2c3d4e5f", "hostType": "Ethernet", "fqdn": "ns01.csp.example" },
        "licenses": [ { "productName": "NetScaler VPX 1000", "feature": "CNS_V1000_SERVER",
            "entitlementId": "LA-1", "expires": "2026-11-01", "deploymentType": "HA Primary", "vpxMode": "Active" },
          { "productName": "NetScaler VPX 200", "feature": "CNS_V200_SERVER", "entitlementId": "LA-2" } ] }"#;
    zip("upload_9.zip", &[("payload.json", content)])
}

fn sources(house: &House) -> String {
    house.run(["sql", "SELECT count(*) FROM v1_upload"]).done().out.trim().to_owned()
}

#[test]
fn a_server_that_is_late_says_so_and_what_to_do() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let list = otto.get("/servers?period=2026-10").expect(200).text();
    assert!(list.contains("1 of 2 report."), "{list}");
    let narrowed = otto.get("/servers?period=2026-10&state=not-reporting").expect(200).text();
    assert!(narrowed.contains(">LIC02</a>") && !narrowed.contains(">LIC01</a>"), "{narrowed}");
    let page = otto.get(&format!("/server?period=2026-10&id={}", guid("LIC02"))).expect(200).text();
    for part in [
        "<title>LIC02, not reporting",
        "last upload 12 days ago (",
        ">8 Oct 03:00</time>), expected daily",
        "Next step",
        "wait on the server itself",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(page.contains("nothing: "), "the gap is named: {page}");
}

#[test]
fn a_filter_that_matches_nothing_is_named_and_cleared() {
    let server = fleet();
    let page = server.sign_in("vera").get("/servers?period=2026-10&flag=expired&q=LIC").expect(200).text();
    assert!(page.contains("No license server matches “LIC” and Expired."), "{page}");
    assert!(page.contains("/servers?period=2026-10\">clear both"), "{page}");
    server.sign_in("vera").get("/servers?flag=tired").expect(400);
    server.sign_in("vera").get("/servers?sort=colour").expect(400);
}

#[test]
fn an_archived_server_stands_apart_until_it_is_taken_back() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let id = guid("LIC02");
    let fields = [("object", id.as_str()), ("next", "/servers?period=2026-10")];
    let saved = otto.follow(&otto.post("/server/archive", &fields)).text();
    assert!(saved.contains("1 license server is archived") && !saved.contains(">LIC02</a>"), "{saved}");
    assert!(saved.contains("1 archived</a>"), "{saved}");
    let apart = otto.get("/servers?period=2026-10&state=archived").expect(200).text();
    assert!(apart.contains(">LIC02</a>") && !apart.contains(">LIC01</a>"), "{apart}");
    let fields = [("object", id.as_str()), ("back", "1"), ("next", "/servers")];
    let back = otto.follow(&otto.post("/server/archive", &fields)).text();
    assert!(back.contains(">LIC02</a>"), "{back}");
    otto.post("/server/archive", &[("object", "nobody")]).expect(422);
    otto.post("/server/archive", &[]).expect(400);
    server.sign_in("vera").post("/server/archive", &fields).expect(403);
}

#[test]
fn a_site_or_its_delivery_groups_are_assigned_and_the_other_is_view_only() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let address = format!("/site?period=2026-10&id={}", guid("Nord"));
    let free = otto.get(&address).expect(200).text();
    assert!(!free.contains("View only") && free.contains("2 users in October 2026"), "{free}");
    server.house.assign(OCTOBER, "delivery-group", &guid("NG1"), "beta").done();
    let by_group = otto.get(&address).expect(200).text();
    assert!(by_group.contains("View only. Its delivery group NG1 is assigned to Beta"), "{by_group}");
    server.house.clear(OCTOBER, "delivery-group", &guid("NG1")).done();
    server.house.assign(OCTOBER, "site", &guid("Nord"), "acme").done();
    let whole = otto.get(&address).expect(200).text();
    assert!(whole.contains("View only. Its site Nord is assigned to Acme"), "{whole}");
    assert!(!whole.contains(&format!("name=\"object\" value=\"{}\"", guid("NG1"))), "{whole}");
}

#[test]
fn distributors_see_sources_and_neither_uploads_nor_who_changed_what() {
    let server = fleet();
    let dirk = server.sign_in("dirk");
    let page = dirk.get(&format!("/server?period=2026-10&id={}", guid("LIC01"))).expect(200).text();
    assert!(page.contains("Acme") && !page.contains("/upload") && !page.contains("anna"), "{page}");
    assert!(!page.contains("/assign/preview") && !page.contains("/server/archive"), "{page}");
    for path in ["/sites", "/netscaler", "/servers"] {
        let page = dirk.get(path).expect(200).text();
        assert!(!page.contains("/assign/preview") && !page.contains("href=\"/upload"), "{page}");
    }
    dirk.get("/uploads").expect(403);
    assert_eq!(sources(&server.house), "4");
}

#[test]
fn the_api_tells_of_license_servers_as_it_is_described() {
    let server = fleet();
    let api = server.api(&["read"]);
    let all = api.get("/api/v1/license-servers?period=2026-10").expect(200).json();
    assert_eq!(all["next_cursor"], serde_json::Value::Null);
    let first = &all["items"][0];
    let mut fields: Vec<&String> = first.as_object().unwrap().keys().collect();
    fields.sort_unstable();
    let mut expected = [
        "id",
        "name",
        "host_id",
        "fqdn",
        "version",
        "state",
        "flags",
        "last_collected_at",
        "customer_id",
        "free",
        "users",
    ];
    expected.sort_unstable();
    assert_eq!(fields, expected);
    assert_eq!(
        (&first["name"], &first["users"], &first["customer_id"]),
        (&"LIC01".into(), &2.into(), &"acme".into())
    );
    let late = api.get("/api/v1/license-servers?period=2026-10&state=not-reporting").expect(200).json();
    assert_eq!(late["items"][0]["name"], "LIC02");
    let part = api.get("/api/v1/license-servers?period=2026-10&limit=1").expect(200).json();
    let cursor = part["next_cursor"].as_str().unwrap();
    let next = api
        .get(&format!("/api/v1/license-servers?period=2026-10&limit=1&cursor={cursor}"))
        .expect(200)
        .json();
    assert_eq!(
        (&next["items"][0]["name"], &next["next_cursor"]),
        (&"LIC02".into(), &serde_json::Value::Null)
    );
    let one =
        api.get(&format!("/api/v1/license-servers/{}?period=2026-10", guid("LIC01"))).expect(200).json();
    assert_eq!((&one["name"], &one["uploads"][0]["status"]), (&"LIC01".into(), &"accepted".into()));
    assert!(
        one["facts"].as_array().unwrap().iter().any(|fact| fact["value"] == guid("LIC01").as_str()),
        "{one}"
    );
    api.get("/api/v1/license-servers/nobody").problem(404, "SEAT-C06");
    api.get("/api/v1/license-servers?period=2027-01").problem(409, "SEAT-P02");
    api.get("/api/v1/license-servers?state=tired").problem(400, "SEAT-C07");
}

#[test]
fn the_api_tells_of_sites_and_netscalers() {
    let server = fleet();
    let api = server.api(&["read"]);
    let sites = api.get("/api/v1/sites?period=2026-10").expect(200).json();
    assert_eq!((&sites["items"][0]["name"], &sites["items"][0]["users"]), (&"Nord".into(), &2.into()));
    let nord = api.get(&format!("/api/v1/sites/{}?period=2026-10", guid("Nord"))).expect(200).json();
    let groups: Vec<_> =
        nord["delivery_groups"].as_array().unwrap().iter().map(|group| &group["users"]).collect();
    assert_eq!(groups, [2, 1]);
    let vpx = api.get("/api/v1/netscalers").expect(200).json();
    assert_eq!(
        (&vpx["items"][0]["id"], &vpx["items"][0]["flags"][0]),
        (&"0a1b2c3d4e5f/LA-1".into(), &"expiring".into())
    );
    assert_eq!(vpx["items"][1]["expires"], serde_json::Value::Null);
    let page = server.sign_in("vera").get("/netscaler?mode=Active").expect(200).text();
    assert!(page.contains("LA-1") && !page.contains("LA-2"), "{page}");
}
