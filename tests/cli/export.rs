//! `export`: forms, cells that are safe, files that appear whole.

use serde_json::json;

use crate::support::{House, Server};

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
