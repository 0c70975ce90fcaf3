//! `export`: forms, cells that are safe, files that appear whole.

use serde_json::json;

use crate::support::{House, Server, Site, guid, text};

fn house(users: &[&str]) -> House {
    let house = House::new();
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", users).upload());
    house
}

#[test]
fn json_has_real_numbers_and_nulls() {
    let house = house(&["CORP\\Anna"]);
    let usage = house.run(["export", "usage", "--period", "2026-10", "--format", "json"]).done().json();
    let row = json!({ "period": "2026-10", "status": "open", "feature": "XDT_PLT_UD", "product": "Virtual Apps and Desktops",
        "edition": "Premium", "customer_id": null, "customer": null, "users": 1, "paid_users": 1, "free_users": 0 });
    assert_eq!(usage, json!([row]));
    let users = house.run(["export", "users", "--period", "2026-10", "--json"]).done().json();
    let row = json!({ "period": "2026-10", "feature": "XDT_PLT_UD", "product": "Virtual Apps and Desktops", "edition": "Premium",
        "user": "corp\\anna", "name": "CORP\\Anna", "customer_id": null, "customer": null, "via": null, "free": false,
        "first_seen": "2026-10-15T03:00:00Z", "sources": ["LIC01"] });
    assert_eq!(users, json!([row]));
}

#[test]
fn names_that_look_like_formulas_are_made_harmless() {
    let house = house(&["=cmd()", "@anna", "+49", "-1", "a,\"b\"", "plain"]);
    house.customer("=Sum");
    house.assign("2026-10", "user", "plain", "=sum").done();
    let users = house.export("users", "2026-10");
    for cell in [",'=cmd(),", ",'@anna,", ",'+49,", ",'-1,", ",\"a,\"\"b\"\"\",", ",plain,'=sum,'=Sum,"] {
        assert!(users.contains(cell), "{cell} in {users}");
    }
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let house = house(&["anna"]);
    house.run(["export", "usage", "--period", "2026-10", "-o", "usage.csv"]).done();
    assert_eq!(house.read("usage.csv"), house.export("usage", "2026-10"));
    house.write("kept.csv", "as it was");
    house.run(["export", "usage", "--period", "2027-01", "-o", "kept.csv"]).refused(1, "SEAT-P02: ");
    assert_eq!(house.read("kept.csv"), "as it was");
    house.run(["export", "usage", "--period", "2026-10", "-o", "kept.csv"]).done();
    assert!(house.read("kept.csv").starts_with("period,"));
    house
        .run(["export", "usage", "--period", "2026-10", "-o", "no/such/folder.csv"])
        .refused(1, "SEAT-C05: ");
    let left: Vec<_> =
        std::fs::read_dir(house.path("")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".part")), "{left:?}");
}

#[test]
fn a_month_without_usage_has_a_header_alone() {
    let house = house(&["anna"]);
    assert_eq!(house.export("users", "2026-09").lines().count(), 1);
    assert_eq!(house.run(["export", "usage", "--period", "2026-09", "--json"]).done().json(), json!([]));
    house.run(["export", "usage", "--period", "2026-9"]).refused(2, "SEAT-P03: ");
}

#[test]
#[cfg(unix)]
fn a_reader_that_leaves_is_no_error() {
    let users: Vec<String> = (0..5000).map(|user| format!("corp\\user{user}")).collect();
    let house = house(&users.iter().map(String::as_str).collect::<Vec<_>>());
    let mut command = house.command();
    command.args(["export", "users", "--period", "2026-10"]);
    let mut child =
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[test]
fn a_hyphen_is_standard_output() {
    let house = house(&["anna"]);
    let written = house.run(["export", "usage", "--period", "2026-10", "-o", "-"]).done().out;
    assert_eq!(written, house.export("usage", "2026-10"));
    assert!(!house.path("-").exists());
}

#[test]
#[cfg(unix)]
fn a_file_keeps_its_permissions_and_a_link_stays_one() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let house = house(&["anna"]);
    let export = |to: &str| house.run(["export", "usage", "--period", "2026-10", "-o", to]);
    let mode = |name: &str| std::fs::metadata(house.path(name)).unwrap().permissions().mode() & 0o777;
    house.write("secret.csv", "");
    std::fs::set_permissions(house.path("secret.csv"), std::fs::Permissions::from_mode(0o600)).unwrap();
    export("secret.csv").done();
    assert_eq!(mode("secret.csv"), 0o600);
    house.write("plain", "");
    export("new.csv").done();
    assert_eq!(mode("new.csv"), mode("plain"));
    std::fs::create_dir(house.path("out")).unwrap();
    symlink("out/first", house.path("link.csv")).unwrap();
    symlink("second.csv", house.path("out/first")).unwrap();
    symlink("circle", house.path("circle")).unwrap();
    for _ in 0..2 {
        export("link.csv").done();
        assert!(house.read("out/second.csv").starts_with("period,"));
        assert!(house.path("link.csv").is_symlink() && house.path("out/first").is_symlink());
    }
    export("circle").refused(1, "SEAT-C05: ");
    export("/dev/full").refused(1, "SEAT-C05: expected to write /dev/full, found: ");
    export("/dev/stdout").done().out.find("period,").unwrap();
}

#[test]
fn late_usage_is_exported_with_signs_and_where_it_is_carried() {
    let mut house = House::new();
    house.at("2026-10-20T12:00:00Z");
    house.customer("Acme");
    house.import(&Server::new("LIC01", "2026-09-15T03:00:00Z").saw("2026-09", &["anna", "ben"]).upload());
    house.import(&Server::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    house.assign("2026-09", "license-server", &guid("LIC02"), "acme");
    house.at("2026-11-11T01:00:00Z");
    house.customer("Beta");
    let late =
        |house: &House, arguments: &[&str]| house.run(["export", "late"].iter().chain(arguments)).done().out;
    assert_eq!(late(&house, &["--period", "2026-09"]).lines().count(), 1, "nothing is late yet");
    house.import(&Server::new("LIC02", "2026-09-20T03:00:00Z").saw("2026-09", &["anna", "carl"]).upload());
    let head =
        "period,feature,product,edition,customer_id,customer,users,paid_users,free_users,carried_in\r\n";
    let row = "2026-09,XDT_PLT_UD,Virtual Apps and Desktops,Premium,,,1,1,0,";
    assert_eq!(late(&house, &["--period", "2026-09"]), format!("{head}{row}\r\n"));
    assert_eq!(late(&house, &["--period", "2026-11"]), head, "an open month has none");
    house.at("2026-12-11T01:00:00Z");
    house.customer("Gamma");
    assert_eq!(late(&house, &["--period", "2026-09"]), format!("{head}{row}2026-11\r\n"));
    let json = house.run(["export", "late", "--period", "2026-09", "--json"]).done().json();
    assert_eq!((&json[0]["users"], &json[0]["carried_in"]), (&json!(1), &json!("2026-11")));
}

#[test]
fn servers_and_allocations_are_exported_as_they_are_now() {
    let house = house(&["anna"]);
    house.customer("Acme");
    house.import(
        &Site::new("Nord", "2026-10-16T03:00:00Z").group("NG1", "2026-10", &["ben", "carl"]).upload(),
    );
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    house.free("2026-10", "license-server", &guid("LIC01"), "test").done();
    let servers = house.run(["export", "servers", "--period", "2026-10", "--json"]).done().json();
    let shown: Vec<String> = servers
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            format!("{} {} {} {} {}", row["kind"], row["name"], row["users"], row["customer"], row["free"])
        })
        .collect();
    assert_eq!(
        shown,
        [
            r#""license-server" "LIC01" 1 "Acme" "test""#,
            r#""site" "Nord" 2 null null"#,
            r#""delivery-group" "NG1" 2 null null"#
        ]
    );
    assert_eq!(servers[0]["last_collected_at"], "2026-10-15T03:00:00Z");
    house.run(["export", "vpx", "--period", "2027-01"]).refused(1, "SEAT-P02: ");
    house.run(["export", "servers", "--period", "2027-01"]).refused(1, "SEAT-P02: ");
}

#[test]
fn a_history_has_its_months_and_a_customer_may_be_named() {
    let mut house = house(&["anna", "ben"]);
    house.at("2026-10-20T12:00:00Z");
    house.customer("Acme");
    house.assign("2026-10", "user", "ben", "acme").done();
    let id = house.run(["customer", "list", "--json"]).done().json_lines();
    let id = id[0]["id"].as_str().or_else(|| id[0][0]["id"].as_str()).unwrap().to_owned();
    let export = |arguments: &[&str]| house.run(["export"].iter().chain(arguments)).done().out;
    let own = export(&["history", "--period", "2026-10", "--customer", "ACME"]);
    assert_eq!(own, export(&["history", "--period", "2026-10", "--customer", &id]));
    assert!(own.contains(",Acme,1,1,0") && own.lines().count() == 2, "{own}");
    let unlinked = export(&["statement", "--period", "2026-10", "--customer", "none"]);
    assert!(!unlinked.contains("Acme"), "{unlinked}");
    let refused =
        |arguments: &[&str], begins| house.run(["export"].iter().chain(arguments)).refused(1, begins);
    refused(&["history", "--period", "2026-10", "--customer", "nobody"], "SEAT-A03: ");
    refused(&["statement", "--period", "2026-10", "--customer", "nobody"], "SEAT-A03: ");
    refused(&["history", "--period", "2026-09", "--from", "2026-10"], "SEAT-C04: ");
    house.run(["export", "usage", "--period", "2026-10", "--customer", "acme"]).refused(2, "SEAT-C04: ");
    house.run(["export", "usage", "--period", "2026-10", "--from", "2026-01"]).refused(2, "SEAT-C04: ");
}

#[test]
fn no_export_is_written_over_the_ledger() {
    let house = house(&["anna"]);
    for name in ["data/seatledger.db", "data/seatledger.db-wal", "data/../data/seatledger.db"] {
        let path = house.path(name);
        let words = ["export", "usage", "--period", "2026-10", "-o", text(&path)];
        house.run(words).refused(1, "SEAT-C05: expected a file of its own");
        house.run(["export", "key", "-o", text(&path)]).refused(1, "SEAT-C05: expected a file of its own");
    }
    house.run(["check"]).done();
}
