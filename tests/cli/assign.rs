//! `assign`: who moves, what is unchanged, what is refused; all objects or none.

use serde_json::json;

use crate::support::{House, Server, Site, guid};

fn house() -> House {
    let house = House::new();
    house.import(
        &Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["CORP\\anna", "CORP\\ben"]).upload(),
    );
    house.import(&Site::new("Nord", "2026-10-15T03:00:00Z").group("NG1", "2026-10", &["CORP\\gus"]).upload());
    house.customer("Acme");
    house.customer("Beta");
    house
}

const USERS: [&str; 6] = ["assign", "--json", "--period", "2026-10", "--kind", "user"];

fn users<'a>(further: &[&'a str]) -> Vec<&'a str> {
    USERS.iter().chain(further).copied().collect()
}

#[test]
fn a_dry_run_says_what_would_move_and_changes_nothing() {
    let house = house();
    let dry = house
        .run(users(&["--object", "corp\\ANNA", "CORP\\Anna", "corp\\ben", "--customer", "Acme", "--dry-run"]))
        .done();
    let moves = json!([{ "from": null, "to": "acme", "users": 2 }]);
    let answer =
        json!({ "changed": 2, "unchanged": 0, "dry_run": true, "moves": moves, "joins": [], "leaves": [] });
    assert_eq!(dry.json(), answer);
    assert_eq!(house.usage("2026-10"), ["- 3 3 0"]);
    house.assign("2026-10", "user", "corp\\anna", "acme").done();
    let table = [
        "assign",
        "--period",
        "2026-10",
        "--kind",
        "user",
        "--object",
        "corp\\anna",
        "--customer",
        "BETA",
        "--dry-run",
    ];
    assert_eq!(
        house.run(table).done().out,
        "1 would be changed, 0 unchanged\nFrom  To    Users\nAcme  Beta      1\n"
    );
}

#[test]
fn what_stands_already_is_not_written_again() {
    let house = house();
    house.assign("2026-10", "user", "corp\\anna", "acme").done();
    let again =
        house.run(users(&["--object", "CORP\\ANNA", "--object", "corp\\ben", "--customer", "acme"])).done();
    let batch = again.json()["batch_id"].clone();
    assert!(batch.as_str().unwrap().starts_with("b-"), "{batch}");
    assert_eq!(again.json(), json!({ "changed": 1, "unchanged": 1, "dry_run": false, "batch_id": batch }));
    // Clearing stores a row even where nothing was set, once.
    let clear = users(&["--object", "corp\\gus", "--clear"]);
    assert_eq!(house.run(&clear).done().json()["changed"], 1);
    assert_eq!(house.run(&clear).done().json()["unchanged"], 1);
    let who = "SELECT DISTINCT changed_by FROM v1_assignment";
    assert_eq!(house.run(["sql", who]).done().out, "cli/tester\n");
}

#[test]
fn one_refused_object_refuses_all() {
    let house = house();
    let (known, unknown) = (guid("LIC01"), guid("LIC99"));
    let both = [
        "assign",
        "--period",
        "2026-10",
        "--kind",
        "license-server",
        "--object",
        &known,
        &unknown,
        "--customer",
        "acme",
    ];
    house.run(both).refused(1, "SEAT-A02: ");
    assert_eq!(house.run(["sql", "SELECT count(*) FROM v1_assignment"]).done().out, "0\n");
    house.assign("2026-10", "user", "corp\\anna", "Nobody").refused(1, "SEAT-A03: ");
    house.run(["customer", "archive", "beta"]).done();
    house.assign("2026-10", "user", "corp\\anna", "beta").refused(1, "SEAT-A04: ");
}

#[test]
fn a_site_and_its_delivery_groups_exclude_each_other() {
    let house = house();
    house.assign("2026-10", "delivery-group", &guid("NG1"), "acme").done();
    house.assign("2026-10", "site", &guid("Nord"), "beta").refused(1, "SEAT-A01: ");
    let braces = format!("{{{}}}", guid("NG1").to_uppercase());
    house.clear("2026-10", "delivery-group", &braces).done();
    house.assign("2026-10", "site", &guid("Nord"), "beta").done();
    assert_eq!(house.usage("2026-10"), ["- 2 2 0", "Beta 1 1 0"]);
}

#[test]
fn objects_come_from_files_and_standard_input_too() {
    let house = house();
    house.write("names.txt", "\u{feff}CORP\\anna\r\n\r\n  corp\\ben  \r\n");
    let filed = house
        .run(users(&["--objects-file", "names.txt", "--object", "CORP\\gus", "--customer", "acme"]))
        .done();
    assert_eq!(filed.json()["changed"], 3);
    let piped = house.run_with(&users(&["--objects-file", "-", "--customer", "beta"]), "corp\\anna\n").done();
    assert_eq!(piped.json()["changed"], 1);
    house.run(users(&["--objects-file", "none.txt", "--clear"])).refused(1, "SEAT-U10: ");
    house.run_with(&users(&["--objects-file", "-", "--clear"]), "\n").refused(2, "SEAT-C04: ");
}

#[test]
fn malformed_arguments_are_usage_errors() {
    let house = house();
    house.assign("2026-13", "user", "anna", "acme").refused(2, "SEAT-P03: ");
    house.assign("2026-10", "person", "anna", "acme").refused(2, "SEAT-A06: ");
    house.assign("2026-10", "license-server", "LIC01", "acme").refused(2, "SEAT-C04: expected the GUID");
    house.assign("2026-10", "user", " ", "acme").refused(2, "SEAT-C04: ");
    house.run(users(&["--object", "anna"])).refused(2, "SEAT-C04: ");
    house.run(users(&["--object", "anna", "--clear", "--customer", "acme"])).refused(2, "SEAT-C04: ");
    house.run(users(&["--clear"])).refused(2, "SEAT-C04: ");
}

#[test]
fn a_user_of_several_customers_moves_where_a_row_changes() {
    let house = house();
    let again = Site::new("Nord", "2026-10-16T03:00:00Z").group("NG1", "2026-10", &["corp\\ANNA"]).upload();
    assert_eq!(house.import(&again)["status"], "accepted");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    let dry = |kind: &str, object: &str, customer: &str| {
        let arguments = [
            "assign",
            "--json",
            "--dry-run",
            "--period",
            "2026-10",
            "--kind",
            kind,
            "--object",
            object,
            "--customer",
            customer,
        ];
        house.run(arguments).done().json()
    };
    // Anna stays with Acme and joins Beta; gus leaves the unlinked.
    assert_eq!(
        dry("delivery-group", &guid("NG1"), "beta"),
        json!({ "changed": 1, "unchanged": 0, "dry_run": true, "leaves": [],
            "moves": [{ "from": null, "to": "beta", "users": 1 }], "joins": [{ "to": "beta", "users": 1 }] })
    );
    assert_eq!(
        dry("license-server", &guid("LIC01"), "beta")["moves"],
        json!([{ "from": "acme", "to": "beta", "users": 2 }])
    );
    assert_eq!(dry("user", "nobody yet", "beta")["moves"], json!([]));
}
