//! Users, assignments and free flags over the API.

use serde_json::{Value, json};

use crate::client::Api;
use crate::server::Server as Running;
use crate::support::{Server, Site, guid};

const ASSIGN: &str = "/api/v1/assignments";
const FLAG: &str = "/api/v1/free-flags";

fn fleet() -> Running {
    let server = Running::new();
    let house = &server.house;
    let now = "2026-10-19T03:00:00Z";
    for upload in [
        Server::new("LIC01", now).saw("2026-10", &[r"ACME\anna", r"ACME\ben"]).upload(),
        Server::new("LIC02", now).saw("2026-10", &[r"ACME\ben", "gus", r"BETA\Ida"]).upload(),
        Site::new("Nord", now).group("NG1", "2026-10", &["ivo@nord.example"]).upload(),
    ] {
        assert_eq!(house.import(&upload)["status"], "accepted");
    }
    house.customer("Acme");
    house.customer("Beta");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    server
}

fn ids(list: &Value) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap()).collect()
}

fn user(id: &str) -> Value {
    json!({ "kind": "user", "id": id })
}

#[test]
fn users_are_listed_filtered_and_in_parts() {
    let server = fleet();
    let api = server.api(&["read"]);
    let all = api.get("/api/v1/users?period=2026-10").expect(200).json();
    assert_eq!(ids(&all), [r"acme\anna", r"acme\ben", r"beta\ida", "gus", "ivo@nord.example"]);
    assert_eq!(
        all["items"][1],
        json!({
            "id": r"acme\ben", "name": r"ACME\ben", "features": ["XDT_PLT_UD"],
            "sources": [
                { "kind": "license-server", "id": guid("LIC01"), "name": "LIC01" },
                { "kind": "license-server", "id": guid("LIC02"), "name": "LIC02" },
            ],
            "customer_id": "acme", "via": "license-server", "free": false,
        })
    );
    assert_eq!(all["next_cursor"], Value::Null);
    let list = |query: &str| api.get(&format!("/api/v1/users?period=2026-10&{query}")).expect(200).json();
    assert_eq!(ids(&list("linked=false")).len(), 3);
    assert_eq!(ids(&list("customer=none&domain=beta")), [r"beta\ida"]);
    assert_eq!(ids(&list("q=IDA")), [r"beta\ida"]);
    let first = list("limit=2");
    assert_eq!(ids(&first), [r"acme\anna", r"acme\ben"]);
    let cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let rest = list(&format!("limit=100&cursor={cursor}"));
    assert_eq!(ids(&rest), [r"beta\ida", "gus", "ivo@nord.example"]);
    for wrong in
        ["colour=red", "free=perhaps", "limit=0", "cursor=x", &format!("q=a&cursor={cursor}"), "q=a&q=b"]
    {
        assert_eq!(api.get(&format!("/api/v1/users?period=2026-10&{wrong}")).status, 400, "{wrong}");
    }
    api.get("/api/v1/users").problem(400, "SEAT-C07");
    api.get("/api/v1/users?period=now").problem(400, "SEAT-P03");
}

#[test]
fn objects_are_assigned_all_or_none_and_taken_back() {
    let server = fleet();
    let api = server.api(&["read", "write"]);
    let body = |customer: Value, dry_run: bool| json!({ "period": "2026-10", "customer_id": customer, "objects": [user(r"acme\BEN"), user("gus"), user("Ghost")], "dry_run": dry_run });
    let looked = api.post_json(ASSIGN, &body(json!("beta"), true)).expect(200).json();
    let moves =
        json!([{ "from": null, "to": "beta", "users": 1 }, { "from": "acme", "to": "beta", "users": 1 }]);
    assert_eq!(
        looked,
        json!({ "changed": 3, "unchanged": 0, "moves": moves, "joins": [], "leaves": [], "batch_id": null, "stamp": null })
    );
    assert_eq!(server.house.usage("2026-10"), ["- 3 3 0", "Acme 2 2 0"]);
    let done = api.post_json(ASSIGN, &body(json!("beta"), false)).expect(200).json();
    assert_eq!(done["moves"], moves);
    assert_eq!(server.house.usage("2026-10"), ["- 2 2 0", "Acme 1 1 0", "Beta 2 2 0"]);
    let again = api.post_json(ASSIGN, &body(json!("beta"), false)).expect(200).json();
    assert_eq!(
        [&again["changed"], &again["unchanged"], &again["batch_id"]],
        [&json!(0), &json!(3), &Value::Null]
    );
    let history = api.get("/api/v1/assignments?kind=user&object=ACME%5Cben").expect(200).json();
    assert_eq!(history["items"][0]["customer_id"], "beta");
    assert_eq!(history["items"][0]["object"], r"acme\ben");
    let undo = format!("{ASSIGN}/batches/{}/undo", done["batch_id"].as_str().unwrap());
    let undone = api.post_json(&undo, &json!({})).expect(200).json();
    assert_eq!(undone["changed"], 3);
    assert_eq!(undone["undoes"], done["batch_id"]);
    assert_eq!(server.house.usage("2026-10"), ["- 3 3 0", "Acme 2 2 0"]);
    api.post_json(&undo, &json!({})).problem(409, "SEAT-A12");
    api.post_json(&format!("{ASSIGN}/batches/b-0/undo"), &json!({})).problem(404, "SEAT-A11");
    server.house.check();
}

#[test]
fn a_filter_needs_the_stamp_of_the_set_that_was_looked_at() {
    let server = fleet();
    let api = server.api(&["read", "write"]);
    let body = |stamp: &Value, dry_run: bool| json!({ "period": "2026-10", "customer_id": "beta", "dry_run": dry_run, "filter": { "linked": false, "stamp": stamp } });
    let looked = api.post_json(ASSIGN, &body(&Value::Null, true)).expect(200).json();
    assert_eq!(looked["changed"], 3);
    api.post_json(ASSIGN, &body(&Value::Null, false)).problem(409, "SEAT-A05");
    server.house.assign("2026-10", "user", "gus", "acme").done();
    api.post_json(ASSIGN, &body(&looked["stamp"], false)).problem(409, "SEAT-A05");
    assert_eq!(server.house.usage("2026-10"), ["- 2 2 0", "Acme 3 3 0"]);
    let looked = api.post_json(ASSIGN, &body(&Value::Null, true)).expect(200).json();
    let done = api.post_json(ASSIGN, &body(&looked["stamp"], false)).expect(200).json();
    assert_eq!(done["stamp"], looked["stamp"]);
    assert_eq!(server.house.usage("2026-10"), ["Acme 3 3 0", "Beta 2 2 0"]);
}

#[test]
fn what_a_guard_refuses_changes_nothing() {
    let mut server = fleet();
    let api = server.api(&["read", "write"]);
    api.post_json(ASSIGN, &json!({ "period": "2026-10", "customer_id": "acme", "objects": [{ "kind": "site", "id": guid("Nord") }] })).expect(200);
    let objects = json!([user("gus"), { "kind": "delivery-group", "id": guid("NG1") }]);
    let with = |period: &str, customer: Value, objects: &Value| json!({ "period": period, "customer_id": customer, "objects": objects });
    let before = server.house.usage("2026-10");
    for dry_run in [true, false] {
        let mut body = with("2026-10", json!("beta"), &objects);
        body["dry_run"] = json!(dry_run);
        api.post_json(ASSIGN, &body).problem(409, "SEAT-A01");
    }
    let gus = json!([user("gus")]);
    api.post_json(ASSIGN, &with("2026-12", json!("beta"), &gus)).problem(409, "SEAT-P02");
    api.post_json(ASSIGN, &with("2026-10", json!("nobody"), &gus)).problem(422, "SEAT-A03");
    api.post_json(ASSIGN, &with("2026-10", json!("beta"), &json!([{ "kind": "site", "id": "x" }])))
        .problem(422, "SEAT-A02");
    api.post_json(ASSIGN, &with("2026-10", json!("beta"), &json!([{ "kind": "colour", "id": "x" }])))
        .problem(400, "SEAT-A06");
    api.post_json(FLAG, &json!({ "period": "2026-10", "reason": "test", "objects": [{ "kind": "site", "id": guid("Nord") }] })).problem(400, "SEAT-A06");
    assert_eq!(server.house.usage("2026-10"), before);
    server.restart_at("2026-11-11T00:00:00Z");
    let api = server.api(&["read", "write"]);
    api.post_json(ASSIGN, &with("2026-10", json!("beta"), &gus)).problem(409, "SEAT-P01");
    api.post_json(FLAG, &json!({ "period": "2026-10", "reason": null, "objects": gus }))
        .problem(409, "SEAT-P01");
}

#[test]
fn malformed_bodies_are_refused_with_what_was_expected() {
    let server = fleet();
    let api = server.api(&["write"]);
    let gus = json!([user("gus")]);
    for body in [
        json!({}),
        json!({ "period": "2026-10", "objects": gus }),
        json!({ "period": "2026-10", "customer_id": "beta" }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": [] }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": gus, "filter": {} }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": gus, "colour": "red" }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": [{ "kind": "user", "id": "" }] }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": [{ "kind": "user", "id": "a\u{0}b" }] }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": [{ "kind": "license-server", "id": "LIC01" }] }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": [{ "kind": "user", "id": "a", "x": 1 }] }),
        json!({ "period": "2026-10", "customer_id": "beta", "filter": { "colour": "red" } }),
        json!({ "period": "2026-10", "customer_id": "beta", "objects": "gus" }),
    ] {
        api.post_json(ASSIGN, &body).problem(400, "SEAT-C07");
    }
    api.post_json(FLAG, &json!({ "period": "2026-10", "objects": gus })).problem(400, "SEAT-C07");
    api.post_json(FLAG, &json!({ "period": "2026-10", "reason": "joke", "objects": gus }))
        .problem(400, "SEAT-A07");
    let read = server.api(&["read"]);
    read.post_json(ASSIGN, &json!({ "period": "2026-10", "customer_id": null, "objects": gus }))
        .problem(403, "SEAT-K21");
    for wrong in ["kind=user", "object=gus", "kind=colour&object=x"] {
        assert_eq!(read.get(&format!("{ASSIGN}?{wrong}")).status, 400, "{wrong}");
    }
    assert_eq!(server.house.usage("2026-10"), ["- 3 3 0", "Acme 2 2 0"]);
}

#[test]
fn free_flags_are_set_and_ended() {
    let server = fleet();
    let api = server.api(&["read", "write"]);
    let flag = |api: &Api, reason: Value, objects: Value| {
        let body = json!({ "period": "2026-10", "reason": reason, "note": "load test", "objects": objects });
        api.post_json(FLAG, &body).expect(200).json()
    };
    let both = json!([user("gus"), { "kind": "license-server", "id": guid("LIC01") }]);
    let done = flag(&api, json!("test"), both);
    assert_eq!([&done["changed"], &done["moves"]], [&json!(2), &json!([])]);
    assert_eq!(server.house.usage("2026-10"), ["- 3 2 1", "Acme 2 0 2"]);
    let all = api.get("/api/v1/users?period=2026-10&free=true").expect(200).json();
    assert_eq!(ids(&all), [r"acme\anna", "gus"]);
    flag(&api, Value::Null, json!([user("gus")]));
    assert_eq!(server.house.usage("2026-10"), ["- 3 3 0", "Acme 2 0 2"]);
    let undo = format!("{ASSIGN}/batches/{}/undo", done["batch_id"].as_str().unwrap());
    api.post_json(&undo, &json!({})).problem(409, "SEAT-A12");
}

#[test]
fn a_hundred_thousand_objects_are_one_change() {
    let server = fleet();
    let api = server.api(&["read", "write"]);
    let objects: Vec<Value> = (0..100_001).map(|number| user(&format!("u{number}"))).collect();
    let body = json!({ "period": "2026-10", "customer_id": "beta", "objects": objects });
    let done = api.post_json(ASSIGN, &body).expect(200).json();
    assert_eq!(done["changed"], 100_001);
    let undo = format!("{ASSIGN}/batches/{}/undo", done["batch_id"].as_str().unwrap());
    assert_eq!(api.post_json(&undo, &json!({})).expect(200).json()["changed"], 100_001);
}
