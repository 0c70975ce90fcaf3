//! `account`: who signs in. Passwords come in on standard input and stay nowhere.

use serde_json::json;

use crate::support::{Answer, House};

const PASSWORD: &str = "harbour violin 93 thaw";

fn add(house: &House, name: &str, role: &str) -> Answer {
    house.run_with(&["account", "add", name, "--role", role, "--password-stdin", "--json"], PASSWORD)
}

fn audit(house: &House) -> String {
    let sql = "SELECT actor, action, object, before, after FROM audit WHERE action <> 'setting' ORDER BY id";
    house.run(["sql", sql]).done().out
}

#[test]
fn an_account_is_added_changed_disabled_and_let_in_again() {
    let house = House::new();
    let anna = add(&house, " Anna ", "admin").done().json();
    let id = anna["id"].as_str().unwrap().to_owned();
    assert!(id.starts_with("a-"));
    let shown = json!({ "id": id, "name": "Anna", "role": "admin", "created_at": "2026-10-20T12:00:00Z", "disabled": false });
    assert_eq!(anna, shown);
    let ben = add(&house, "ben", "operator").done().json();
    let passwd = ["account", "passwd", "ben", "--password-stdin"];
    house.run_with(&passwd, "another violin 17 thaw\r\n").done();
    assert_eq!(house.run(["account", "role", "BEN", "--role", "viewer", "--json"]).json()["role"], "viewer");
    assert_eq!(house.run(["account", "disable", "ben", "--json"]).json()["disabled"], true);
    assert!(house.run(["account", "disable", "ben"]).done().out.ends_with("  ben  viewer  (disabled)\n"));
    house.run(["account", "enable", ben["id"].as_str().unwrap()]).done();
    let list = house.run(["account", "list", "--json"]).done().json();
    assert_eq!(list[0], shown);
    assert_eq!(
        (&list[1]["name"], &list[1]["role"], &list[1]["disabled"]),
        (&"ben".into(), &"viewer".into(), &false.into())
    );
    assert!(house.run(["account", "list"]).done().out.contains("Anna  admin"));
    let audit = audit(&house);
    let expected = [
        "|Anna role=admin",
        "ben role=operator|ben role=operator new password",
        "ben role=operator|ben role=viewer",
        "ben role=viewer|ben role=viewer disabled 2026-10-20T12:00:00Z",
        "ben role=viewer disabled 2026-10-20T12:00:00Z|ben role=viewer",
    ];
    assert!(expected.iter().all(|entry| audit.contains(entry)), "{audit}");
    assert_eq!(audit.lines().count(), 6, "what changes nothing is no entry: {audit}");
    house.check();
}

#[test]
fn what_cannot_be_an_account_is_refused() {
    let house = House::new();
    add(&house, "anna", "admin").done();
    add(&house, "ANNA", "viewer").refused(1, "SEAT-K02: ");
    add(&house, " ", "viewer").refused(2, "SEAT-A09: ");
    add(&house, "carl", "root").refused(2, "SEAT-K05: ");
    house.run(["account", "disable", "nobody"]).refused(1, "SEAT-K01: ");
    house.run(["account", "role", "nobody", "--role", "viewer"]).refused(1, "SEAT-K01: ");
    let id = house.run(["account", "list", "--json"]).json()[0]["id"].as_str().unwrap().to_owned();
    assert_eq!(house.run(["account", "list", "--json"]).json().as_array().unwrap().len(), 1);
    assert!(id.len() == 14, "{id}");
}

#[test]
fn a_password_is_asked_for_plainly_and_held_to_a_strength() {
    let house = House::new();
    let none = house.run(["account", "add", "anna", "--role", "admin"]).refused(2, "SEAT-K08: ");
    assert!(none.err.contains("--password-stdin"), "{none:?}");
    let given = |password: &str| {
        house.run_with(&["account", "add", "anna.bergmann", "--role", "admin", "--password-stdin"], password)
    };
    given("").refused(1, "SEAT-K08: ");
    given("\n").refused(1, "SEAT-K08: ");
    given("harbour violin\n93 thaw\n").refused(1, "SEAT-K08: ");
    given("short\n").refused(1, "SEAT-K07: expected a password of 12 to 256 characters, found 5.");
    let weak = given("anna.bergmann1\n").refused(1, "SEAT-K07: ");
    assert!(!weak.err.contains("bergmann1"), "a message never shows the password: {weak:?}");
    house.run(["setting", "set", "organization_name", "Wolkenkuckuck"]).done();
    given("wolkenkuckuck\n").refused(1, "SEAT-K07: ");
    given("  harbour violin 93 thaw\n").done();
}

#[test]
fn the_last_administrator_stays() {
    let house = House::new();
    add(&house, "anna", "admin").done();
    add(&house, "ben", "operator").done();
    house.run(["account", "disable", "anna"]).refused(1, "SEAT-K04: ");
    house.run(["account", "role", "anna", "--role", "viewer"]).refused(1, "SEAT-K04: ");
    add(&house, "carl", "admin").done();
    house.run(["account", "disable", "carl"]).done();
    house.run(["account", "disable", "anna"]).refused(1, "SEAT-K04: ");
    house.run(["account", "enable", "carl"]).done();
    house.run(["account", "disable", "anna"]).done();
    house.run(["account", "role", "carl", "--role", "operator"]).refused(1, "SEAT-K04: ");
}

#[test]
fn no_password_stays_anywhere() {
    let house = House::new();
    add(&house, "anna", "admin").done();
    house.run_with(&["account", "passwd", "anna", "--password-stdin"], "another violin 17 thaw").done();
    for file in std::fs::read_dir(house.path("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        assert!(!holds(PASSWORD) && !holds("another violin"));
    }
    assert!(!audit(&house).contains("$argon2"));
}
