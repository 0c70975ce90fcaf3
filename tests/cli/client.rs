//! `client`: what calls the API. The secret is shown once.

use serde_json::json;

use crate::support::House;

#[test]
fn a_client_is_added_listed_and_revoked() {
    let house = House::new();
    let made = house.run(["client", "add", "Billing", "--scope", "write", "read", "--json"]).done().json();
    let (id, secret) = (made["client_id"].as_str().unwrap(), made["client_secret"].as_str().unwrap());
    assert!(id.starts_with("k-") && secret.len() == 43, "{made}");
    assert_eq!(made, json!({ "client_id": id, "client_secret": secret, "scopes": ["read", "write"] }));
    let mut shown = json!({
        "client_id": id, "name": "Billing", "scopes": ["read", "write"], "owner": null,
        "created_at": "2026-10-20T12:00:00Z", "created_by": "cli/tester", "last_used_at": null, "revoked": false,
    });
    assert_eq!(house.run(["client", "list", "--json"]).json(), json!([shown]));
    assert!(house.run(["client", "list"]).done().out.contains("Billing  read write"));
    assert_eq!(house.run(["client", "revoke", id]).done().out, format!("{id}  Billing  (revoked)\n"));
    shown["revoked"] = true.into();
    assert_eq!(house.run(["client", "revoke", id, "--json"]).done().json(), shown, "twice is once");
    let audit =
        house.run(["sql", "SELECT object, before, after FROM audit WHERE action = 'client' ORDER BY id"]);
    assert_eq!(
        audit.done().out,
        format!("{id}||Billing scopes=read,write\n{id}|Billing|Billing revoked 2026-10-20T12:00:00Z\n")
    );
    house.check();
}

#[test]
fn a_secret_is_shown_once_and_stays_nowhere() {
    let house = House::new();
    let out = house.run(["client", "add", "collector", "--scope", "upload"]).done().out;
    let secret = out.lines().last().unwrap().strip_prefix("secret, shown this once: ").unwrap();
    for file in std::fs::read_dir(house.path("data")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
    }
    let kept = house.run(["sql", "SELECT secret_sha256 FROM client"]).done().out;
    assert_eq!(kept.trim().len(), 64);
    let audit = house.run(["sql", "SELECT * FROM audit"]).done().out;
    assert!(!audit.contains(kept.trim()), "{audit}");
}

#[test]
fn what_cannot_be_a_client_is_refused() {
    let house = House::new();
    house.run(["client", "add", "x", "--scope", "all"]).refused(2, "SEAT-K06: ");
    house.run(["client", "add", "x"]).refused(2, "SEAT-C04: ");
    house.run(["client", "add", " ", "--scope", "read"]).refused(2, "SEAT-A09: ");
    house.run(["client", "add", "x", "--scope", "read"]).done();
    house.run(["client", "add", "x", "--scope", "read"]).refused(1, "SEAT-K10: ");
    house.run(["client", "revoke", "k-000000000000"]).refused(1, "SEAT-K09: ");
}
