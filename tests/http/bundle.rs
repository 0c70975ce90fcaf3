//! Month bundles by page and API: the bytes of the command, and for whom.

use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::server::Server;
use crate::usage::worked_example;

/// The worked example with October closed.
fn closed() -> Server {
    let mut server = worked_example();
    server.restart_at("2026-11-12T00:00:00Z");
    server.house.run(["setting", "set", "organization_name", "CSP Example"]).done();
    server
}

#[test]
fn a_bundle_is_the_same_by_page_api_and_command_and_has_its_name() {
    let server = closed();
    let (api, dirk) = (server.api(&["read"]), server.sign_in("dirk"));
    for (customer, name) in [("", ""), ("acme", "_acme"), ("none", "_none")] {
        let by_api =
            api.get(&format!("/api/v1/exports/bundle?period=2026-10&customer={customer}")).expect(200);
        let by_page =
            dirk.post("/exports/bundle", &[("period", "2026-10"), ("customer", customer)]).expect(200);
        let mut command = vec!["export", "bundle", "--period", "2026-10", "-o", "own.zip"];
        if !customer.is_empty() {
            command.extend(["--customer", customer]);
        }
        server.house.run(command).done();
        let own = std::fs::read(server.house.path("own.zip")).unwrap();
        for answer in [by_api, by_page] {
            assert!(answer.bytes == own, "{customer}: other bytes");
            assert_eq!(answer.header("content-type"), Some("application/zip"));
            let name = format!("attachment; filename=\"seatledger_bundle_2026-10{name}.zip\"");
            assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
        }
        server.house.run(["verify-bundle", "own.zip"]).done();
    }
    let made = dirk.get("/exports").expect(200).text();
    let own = std::fs::read(server.house.path("own.zip")).unwrap();
    assert!(made.contains(&format!("{:x}", Sha256::digest(&own))), "the last one is on record with its hash");
    let key = server.house.run(["export", "key", "--json"]).done().json();
    let trail = server.house.run([
        "sql",
        "SELECT actor, object FROM audit WHERE action = 'installation-key'",
        "--json",
    ]);
    assert_eq!(trail.done().json_lines(), [json!({ "actor": "clock", "object": key["fingerprint"] })]);
    let page = dirk.get("/exports").expect(200).text();
    assert!(page.contains("id=\"bundle\"") && page.contains(key["fingerprint"].as_str().unwrap()), "{page}");
    assert!(page.contains("action=\"/exports/bundle\""), "{page}");
}

#[test]
fn what_cannot_be_bundled_is_refused_before_the_first_byte() {
    let server = closed();
    let api = server.api(&["read"]);
    api.get("/api/v1/exports/bundle").problem(400, "SEAT-C07");
    api.get("/api/v1/exports/bundle?period=x").problem(400, "SEAT-P03");
    api.get("/api/v1/exports/bundle?period=2026-11").problem(409, "SEAT-P20");
    api.get("/api/v1/exports/bundle?period=2026-10&customer=nobody").problem(422, "SEAT-A03");
    server.api(&["upload"]).get("/api/v1/exports/bundle?period=2026-10").problem(403, "SEAT-K21");
    assert_eq!(server.sign_in("anna").post("/exports/bundle", &[("period", "2026-11")]).status, 409);
}

#[test]
fn where_no_month_is_closed_the_page_says_so() {
    let server = worked_example();
    let page = server.sign_in("vera").get("/exports").expect(200).text();
    assert!(page.contains("No month is closed yet") && !page.contains("/exports/bundle"), "{page}");
}
