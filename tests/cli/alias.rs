//! `alias`, and `source set` and `source bare`: who is who.

use seatledger::domain::user_key::scramble;
use serde_json::json;

use crate::support::{House, Server, guid};

fn house() -> House {
    let house = House::new();
    let now = "2026-10-15T03:00:00Z";
    house.import(
        &Server::new("LIC01", now).saw("2026-10", &["CORP\\anna", "ben", &scramble("carl")]).upload(),
    );
    house.import(&Server::new("LIC02", now).saw("2026-10", &["anna@corp.example", "ben"]).upload());
    house.customer("Acme");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    house
}

#[test]
fn an_alias_is_looked_at_added_listed_and_cleared() {
    let house = house();
    assert_eq!(house.usage("2026-10"), ["- 1 1 0", "Acme 3 3 0"]);
    let add = ["alias", "add", "corp\\ANNA", "--of", "anna@corp.example", "--period", "2026-10", "--json"];
    let dry = house.run(add.iter().chain(&["--dry-run"])).done().json();
    let leaves = json!([{ "from": null, "users": 1 }]);
    assert_eq!(
        dry,
        json!({ "changed": 1, "unchanged": 0, "dry_run": true, "moves": [], "joins": [], "leaves": leaves })
    );
    assert_eq!(house.usage("2026-10"), ["- 1 1 0", "Acme 3 3 0"]);
    let done = house.run(add).done().json();
    assert!(done["changed"] == 1 && done["batch_id"].as_str().unwrap().starts_with("b-"), "{done}");
    assert_eq!(house.usage("2026-10"), ["Acme 3 3 0"], "linked at one source, so linked");
    let list = house.run(["alias", "list", "--period", "2026-10", "--json"]).done().json();
    assert_eq!((&list[0]["user"], &list[0]["of"]), (&json!("corp\\anna"), &json!("anna@corp.example")));
    assert_eq!(list.as_array().unwrap().len(), 1);
    house.run(["alias", "clear", "corp\\anna", "--period", "2026-10"]).done();
    assert_eq!(house.run(["alias", "list", "--period", "2026-10", "--json"]).done().json(), json!([]));
    let history = house.run(["alias", "list"]).done().out;
    assert!(history.contains("(itself)") && history.contains("2026-10"), "{history}");
    house.check();
}

#[test]
fn what_cannot_be_an_alias_is_refused() {
    let house = house();
    let add = |name: &str, of: &str, period: &str| {
        house.run(["alias", "add", name, "--of", of, "--period", period])
    };
    add("corp\\anna", "CORP\\Anna", "2026-10")
        .refused(1, "SEAT-A13: expected two users, found 'CORP\\anna' twice");
    add("ben", "corp\\anna", "2026-10").done();
    add("corp\\anna", "dora", "2026-10").refused(1, "SEAT-A13: expected users who count as nobody else");
    add("ben", "corp\\anna", "2026-12").refused(1, "SEAT-P02: ");
    add(" ", "corp\\anna", "2026-10").refused(2, "SEAT-C04: ");
}

#[test]
fn suggestions_name_their_reasons() {
    let house = house();
    let found = house.run(["alias", "suggest", "--period", "2026-10", "--json"]).done().json();
    let pair = json!({ "user": "corp\\anna", "name": "CORP\\anna", "of": "anna@corp.example",
        "of_name": "anna@corp.example", "reasons": ["same-domain", "two-forms"] });
    assert_eq!(found, json!([pair]));
    let table = house.run(["alias", "suggest", "--period", "2026-10"]).done().out;
    assert!(table.contains("same-domain, two-forms"), "{table}");
}

#[test]
fn a_list_of_names_is_matched_looked_at_and_kept_nowhere() {
    let house = house();
    let list = house.write("names.csv", "\u{feff}SamAccountName;Mail\r\nCarl;x\r\nDora;y\r\n");
    let list = list.to_str().unwrap();
    let dry = house.run(["alias", "import", list, "--dry-run", "--json"]).done().json();
    assert_eq!((&dry["matched"], &dry["names"], &dry["unmatched"]), (&json!(1), &json!(2), &json!(0)));
    assert_eq!(dry["matches"], json!([{ "user": scramble("carl"), "of": "Carl" }]));
    let out = house.run(["alias", "import", list, "--dry-run"]).done().out;
    assert!(out.contains("1 would be changed") && out.contains("Carl"), "{out}");
    assert_eq!(house.run(["alias", "list", "--json"]).done().json(), json!([]));
    let done = house.run(["alias", "import", list, "--json"]).done().json();
    assert!(done["batch_id"].is_string(), "{done}");
    let again = house.run(["alias", "import", list, "--json"]).done().json();
    assert_eq!(
        (&again["matched"], &again["already"], &again["batch_id"]),
        (&json!(0), &json!(1), &json!(null))
    );
    assert_eq!(house.run(["sql", "SELECT count(*) FROM user WHERE key = 'dora'"]).done().out.trim(), "0");
    house.run(["alias", "import", "missing.txt"]).refused(1, "SEAT-U10: ");
    let empty = house.write("empty.txt", "\n");
    house.run(["alias", "import", empty.to_str().unwrap()]).refused(1, "SEAT-C04: ");
    house.check();
}

#[test]
fn a_default_domain_is_set_by_the_name_of_its_source() {
    let house = house();
    let bare = || house.run(["source", "bare", "--period", "2026-10", "--json"]).done().json();
    assert_eq!(bare()[0]["user"], "ben");
    assert_eq!(bare()[0]["sources"].as_array().unwrap().len(), 2);
    let set = ["source", "set", "lic01", "--default-domain", " CORP ", "--period", "2026-10"];
    house.run(set.iter().chain(&["--dry-run"])).done();
    assert_eq!(bare().as_array().unwrap().len(), 1, "a dry run changes nothing");
    house.run(set).done();
    assert_eq!(bare(), json!([]));
    let list = house.run(["source", "list", "--period", "2026-10", "--json"]).done().json();
    let domains: Vec<_> = list.as_array().unwrap().iter().map(|one| one["default_domain"].clone()).collect();
    assert_eq!(domains, [json!("CORP"), json!(null)]);
    house.run(["source", "set", &guid("LIC01"), "--clear", "--period", "2026-10"]).done();
    assert_eq!(bare()[0]["user"], "ben");
    house
        .run(["source", "set", "LIC01", "--default-domain", "CORP\\", "--period", "2026-10"])
        .refused(2, "SEAT-A14: ");
    house.run(["source", "set", "LIC99", "--clear", "--period", "2026-10"]).refused(1, "SEAT-A02: ");
    house.check();
}
