//! Customers over the API: made, changed, listed in parts.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::Api;
use crate::server::Server;

const BOTH: &[&str] = &["read", "write"];
const ALL: &str = "/api/v1/customers";

fn names(list: &Value) -> Vec<String> {
    list["items"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap().to_owned()).collect()
}

fn add(api: &Api, name: &str) -> Value {
    api.post_json(ALL, &json!({ "name": name })).expect(201).json()
}

#[test]
fn a_customer_is_made_read_changed_archived_and_taken_back() {
    let server = Server::new();
    let api = server.api(BOTH);
    let made =
        api.post_json(ALL, &json!({ "name": " Acme ", "id": "acme", "external_id": "4711" })).expect(201);
    let shown = json!({ "id": "acme", "name": "Acme", "external_id": "4711", "archived": false });
    assert_eq!(made.json(), shown);
    assert_eq!(api.get("/api/v1/customers/acme").expect(200).json(), shown);
    let change = |body: Value| api.patch_json("/api/v1/customers/acme", &body).expect(200).json();
    assert_eq!(change(json!({})), shown);
    assert_eq!(change(json!({ "name": "Acme Holding" }))["name"], "Acme Holding");
    assert_eq!(change(json!({ "archived": true }))["archived"], true);
    assert_eq!(change(json!({ "archived": true }))["archived"], true, "twice is once");
    let back = change(json!({ "archived": false, "external_id": null, "name": "Acme" }));
    assert_eq!(back, json!({ "id": "acme", "name": "Acme", "external_id": null, "archived": false }));
    let own = add(&api, "Beta");
    assert_eq!(api.get(&format!("{ALL}/{}", own["id"].as_str().unwrap())).expect(200).json(), own);
    let trail =
        server.house.run(["sql", "SELECT DISTINCT actor FROM audit WHERE action = 'customer'"]).done().out;
    assert!(trail.lines().all(|actor| actor.starts_with("api/k-")) && !trail.is_empty(), "{trail}");
    server.house.check();
}

#[test]
fn what_cannot_be_a_customer_is_refused_and_changes_nothing() {
    let server = Server::new();
    let api = server.api(BOTH);
    api.post_json(ALL, &json!({ "name": "Acme", "id": "acme", "external_id": "1" })).expect(201);
    api.post_json(ALL, &json!({ "name": "Beta", "id": "beta" })).expect(201);
    let taken = |body: Value| {
        api.post_json(ALL, &body).problem(409, "SEAT-A08");
    };
    taken(json!({ "name": "ACME" }));
    taken(json!({ "name": "Other", "id": "acme" }));
    taken(json!({ "name": "Other", "external_id": "1" }));
    let beta = "/api/v1/customers/beta";
    api.patch_json(beta, &json!({ "name": "acme" })).problem(409, "SEAT-A08");
    api.patch_json(beta, &json!({ "name": "Gamma", "external_id": "1" })).problem(409, "SEAT-A08");
    assert_eq!(api.get(beta).json()["name"], "Beta", "all or nothing");
    for name in ["", "  ", "a\u{0}b", "a\nb", &"x".repeat(513)] {
        api.post_json(ALL, &json!({ "name": name })).problem(400, "SEAT-A09");
        api.patch_json(beta, &json!({ "name": name })).problem(400, "SEAT-A09");
    }
    for body in [
        json!(null),
        json!([]),
        json!("Acme"),
        json!({}),
        json!({ "name": 1 }),
        json!({ "name": null }),
        json!({ "name": "X", "colour": "red" }),
        json!({ "name": "X", "id": 5 }),
    ] {
        api.post_json(ALL, &body).problem(400, "SEAT-C07");
    }
    for body in [json!({ "archived": "yes" }), json!({ "id": "other" }), json!([1])] {
        api.patch_json(beta, &body).problem(400, "SEAT-C07");
    }
    for body in [&b""[..], b"{", b"{\"name\":\"\xff\"}", b"{\"name\":\"a\"}x"] {
        api.send(api.request(Method::POST, ALL).body(body.to_vec())).problem(400, "SEAT-C07");
    }
    let deep = format!("{{\"name\":{}1{}}}", "[".repeat(200_000), "]".repeat(200_000));
    api.send(api.request(Method::POST, ALL).body(deep)).problem(400, "SEAT-C07");
    let large = format!("{{\"name\":\"{}\"}}", "x".repeat(17 << 20));
    api.send(api.request(Method::POST, ALL).body(large)).problem(413, "SEAT-C08");
    api.get("/api/v1/customers/none").problem(404, "SEAT-A03");
    api.get("/api/v1/customers/Acme").problem(404, "SEAT-A03");
    api.get("/api/v1/customers/%FF").problem(404, "SEAT-A03");
    api.patch_json("/api/v1/customers/none", &json!({ "name": "X" })).problem(404, "SEAT-A03");
    assert_eq!(names(&api.get(ALL).json()), ["Acme", "Beta"]);
    server.house.check();
}

#[test]
fn ids_may_hold_any_character() {
    let server = Server::new();
    let api = server.api(BOTH);
    // In filters it stands for the unlinked row.
    api.post_json(ALL, &json!({ "name": "Nobody", "id": "none" })).problem(400, "SEAT-A09");
    for (id, address) in
        [("a/b", "a%2Fb"), ("..", "%2E%2E"), ("ü %?#&", "%C3%BC%20%25%3F%23%26"), ("nones", "nones")]
    {
        let made =
            api.post_json(ALL, &json!({ "name": format!("Customer {id}"), "id": id })).expect(201).json();
        let raw = format!("{ALL}/{address}");
        if id != ".." {
            assert_eq!(api.get(&raw).expect(200).json(), made, "{id}");
        }
    }
}

#[test]
fn a_list_in_parts_neither_repeats_nor_hides_what_stays() {
    let server = Server::new();
    let api = server.api(BOTH);
    for number in 0..9 {
        add(&api, &format!("Customer {number}"));
    }
    let part = |cursor: &Value| {
        let cursor = cursor.as_str().unwrap();
        api.get(&format!("{ALL}?limit=3&cursor={cursor}")).expect(200).json()
    };
    let first = api.get(&format!("{ALL}?limit=3")).expect(200).json();
    assert_eq!(names(&first), ["Customer 0", "Customer 1", "Customer 2"]);
    // Before, at and behind the place of the cursor something comes, and something goes elsewhere.
    add(&api, "Customer 00");
    add(&api, "Customer 2b");
    add(&api, "customer 5b");
    let id = first["items"][2]["id"].as_str().unwrap();
    api.patch_json(&format!("{ALL}/{id}"), &json!({ "name": "A moved one" })).expect(200);
    let second = part(&first["next_cursor"]);
    assert_eq!(names(&second), ["Customer 2b", "Customer 3", "Customer 4"]);
    let third = part(&second["next_cursor"]);
    assert_eq!(names(&third), ["Customer 5", "customer 5b", "Customer 6"]);
    let last = part(&third["next_cursor"]);
    assert_eq!(
        (names(&last), &last["next_cursor"]),
        (vec!["Customer 7".into(), "Customer 8".into()], &Value::Null)
    );
    assert_eq!(part(&third["next_cursor"]), last, "the same cursor, the same part");
    let exactly = api.get(&format!("{ALL}?limit=12")).expect(200).json();
    assert_eq!((names(&exactly).len(), exactly["next_cursor"].is_null()), (12, true));
}

#[test]
fn limits_have_bounds_and_cursors_belong_to_their_list() {
    let server = Server::new();
    let api = server.api(BOTH);
    for number in 0..4 {
        add(&api, &format!("Customer {number}"));
    }
    for limit in ["0", "1001", "-1", "x", "1.5", "99999999999999999999", "%00"] {
        api.get(&format!("{ALL}?limit={limit}")).problem(400, "SEAT-C07");
    }
    for limit in ["1", "1000", ""] {
        api.get(&format!("{ALL}?limit={limit}")).expect(200);
    }
    let cursor = api.get(&format!("{ALL}?limit=2")).json()["next_cursor"].as_str().unwrap().to_owned();
    api.get(&format!("{ALL}?limit=1&cursor={cursor}")).expect(200);
    api.get(&format!("{ALL}?cursor={cursor}&other=1")).problem(400, "SEAT-C07");
    let flipped = if cursor.starts_with('A') { "B" } else { "A" }.to_owned() + &cursor[1..];
    for wrong in [&cursor[1..], &cursor[..cursor.len() - 1], &flipped, "x", "AAAA", &"A".repeat(9000)] {
        let told = api.get(&format!("{ALL}?cursor={wrong}"));
        assert!(told.status == 400 || told.status == 414, "{wrong}: {}", told.status);
    }
}
