//! Who is who over HTTP: by API, and on the pages.

use reqwest::Method;
use seatledger::domain::user_key::scramble;
use serde_json::{Value, json};

use crate::client::{Answer, Visitor};
use crate::server::Server as Running;
use crate::support::{Server, guid};

const ALIASES: &str = "/api/v1/aliases";

fn fleet() -> Running {
    let server = Running::new();
    let house = &server.house;
    let now = "2026-10-19T03:00:00Z";
    let carl = scramble("carl");
    house.import(&Server::new("LIC01", now).saw("2026-10", &[r"CORP\anna", "ben", &carl]).upload());
    house.import(&Server::new("LIC02", now).saw("2026-10", &["anna@corp.example", "ben"]).upload());
    house.customer("Acme");
    house.assign("2026-10", "license-server", &guid("LIC01"), "acme").done();
    server
}

fn link(of: Option<&str>, dry_run: bool) -> Value {
    json!({ "period": "2026-10", "user": r"corp\Anna", "of": of, "dry_run": dry_run })
}

#[test]
fn a_dry_run_says_what_then_happens_and_the_change_is_undone() {
    let server = fleet();
    let (read, write) = (server.api(&["read"]), server.api(&["write"]));
    let list = || read.get("/api/v1/aliases?period=2026-10").expect(200).json()["items"].clone();
    let looked = write.post_json(ALIASES, &link(Some("anna@corp.example"), true)).expect(200).json();
    assert_eq!((&looked["changed"], &looked["batch_id"]), (&json!(1), &Value::Null));
    assert_eq!(looked["leaves"], json!([{ "from": null, "users": 1 }]));
    assert_eq!(list(), json!([]));
    let made = write.post_json(ALIASES, &link(Some("anna@corp.example"), false)).expect(200).json();
    for field in ["changed", "unchanged", "moves", "joins", "leaves"] {
        assert_eq!(made[field], looked[field], "{field}");
    }
    assert_eq!(list()[0]["of"], "anna@corp.example");
    let users = read.get("/api/v1/users?period=2026-10&aliased=true").expect(200).json();
    assert_eq!(users["items"][0]["id"], "anna@corp.example");
    let undo = format!("/api/v1/assignments/batches/{}/undo", made["batch_id"].as_str().unwrap());
    assert_eq!(write.post_json(&undo, &json!({})).expect(200).json()["changed"], 1);
    assert_eq!(list(), json!([]));
    write.post_json(ALIASES, &link(None, false)).expect(200);
}

#[test]
fn what_stands_in_the_way_is_a_problem_with_a_code() {
    let server = fleet();
    let write = server.api(&["write"]);
    let post = |user: &str, of: &str, period: &str| {
        write.post_json(ALIASES, &json!({ "period": period, "user": user, "of": of }))
    };
    post("ben", "BEN", "2026-10").problem(409, "SEAT-A13");
    post("ben", r"corp\anna", "2026-10").expect(200);
    let told = post(r"corp\anna", "dora", "2026-10").problem(409, "SEAT-A13");
    assert!(told["detail"].as_str().unwrap().contains("'ben' would count as"), "{told}");
    post("ben", "dora", "2026-11").problem(409, "SEAT-P02");
    post("ben", "dora", "October").problem(400, "SEAT-P03");
    write.post_json(ALIASES, &json!({ "period": "2026-10", "user": "ben" })).problem(400, "SEAT-C07");
    let set = |id: &str, kind: &str, domain: &str| {
        let body = json!({ "period": "2026-10", "kind": kind, "id": id, "default_domain": domain });
        write.post_json("/api/v1/sources/default-domain", &body)
    };
    set(&guid("LIC01"), "license-server", "a\\b").problem(400, "SEAT-A14");
    set(&guid("LIC09"), "license-server", "CORP").problem(422, "SEAT-A02");
    set("x", "site", "CORP").problem(400, "SEAT-C07");
    set(&guid("LIC01"), "license-server", "CORP").expect(200);
    let read = server.api(&["read"]);
    let sources = read.get("/api/v1/sources?period=2026-10").expect(200).json();
    assert_eq!(
        sources["items"][0]["default_domain"].is_string(),
        sources["items"][1]["default_domain"].is_null()
    );
}

#[test]
fn suggestions_and_bare_names_are_listed() {
    let server = fleet();
    let read = server.api(&["read"]);
    let found = read.get("/api/v1/aliases/suggestions?period=2026-10").expect(200).json();
    assert_eq!((&found["total"], &found["items"][0]["user"]), (&json!(1), &json!(r"corp\anna")));
    let none = read.get("/api/v1/aliases/suggestions?period=2026-10&user=ben").expect(200).json();
    assert_eq!(none["items"], json!([]));
    let bare = read.get("/api/v1/sources/bare-names?period=2026-10").expect(200).json();
    assert_eq!(bare["items"][0]["user"], "ben");
    assert_eq!(bare["items"].as_array().unwrap().len(), 1, "a scrambled name is not bare");
}

#[test]
fn a_list_of_names_is_the_body() {
    let server = fleet();
    let write = server.api(&["write"]);
    let send = |query: &str, body: &[u8]| {
        let request = write.request(Method::POST, &format!("/api/v1/aliases/import{query}"));
        write.send(request.body(body.to_vec()))
    };
    let looked = send("?dry_run=true", b"CARL\r\nDora").expect(200).json();
    assert_eq!((&looked["matched"], &looked["matches"][0]["of"]), (&json!(1), &json!("CARL")));
    assert_eq!(looked["batch_id"], Value::Null);
    send("?dry_run=maybe", b"CARL").problem(400, "SEAT-C07");
    send("", b"").problem(400, "SEAT-C04");
    send("", b"\xff\xfe").problem(400, "SEAT-C04");
    let made = send("", b"CARL\r\nDora").expect(200).json();
    assert!(made["batch_id"].is_string() && made["changed"] == looked["changed"], "{made}");
    assert_eq!(send("", b"CARL").expect(200).json()["already"], 1);
}

fn has(page: &Answer, text: &str) {
    assert!(page.text().contains(text), "{text}: {}", page.text());
}

fn post(who: &Visitor, path: &str, fields: &[(&str, &str)]) -> Answer {
    let mut all = vec![("period", "2026-10"), ("next", "/names?period=2026-10")];
    all.extend(fields);
    who.post(path, &all)
}

#[test]
fn pages_preview_save_and_undo() {
    let server = fleet();
    let otto = server.sign_in("otto");
    has(&otto.get("/names?period=2026-10").expect(200), "domains agree");
    let fields = [("act", "link"), ("user", r"corp\anna"), ("of", "anna@corp.example")];
    let preview = post(&otto, "/names/preview", &fields).expect(200);
    has(&preview, "2 users become 1");
    has(&preview, "is one with another there");
    let saved = post(&otto, "/names/change", &fields).expect(303);
    let told = otto.follow(&saved);
    has(&told, r"Count corp\anna as anna@corp.example.");
    let user = otto.get("/user?period=2026-10&id=corp%5Canna").expect(200);
    has(&user, "Counts as anna@corp.example in October 2026.");
    has(&user, "Count by itself again");
    let batch = told.field("batch").unwrap();
    otto.post("/undo", &[("batch", &batch), ("next", "/names")]).expect(303);
    has(&otto.get("/changes").expect(200), "1 alias put back");
    let refused = [("act", "link"), ("user", "ben"), ("of", "BEN")];
    let refused = post(&otto, "/names/preview", &refused).expect(409);
    has(&refused, "SEAT-A13");
    let domain = [("act", "domain"), ("kind", "license-server"), ("id", &guid("LIC01")), ("domain", "CORP")];
    has(&post(&otto, "/names/preview", &domain).expect(200), r"Read bare names of LIC01 as CORP\name?");
    otto.follow(&post(&otto, "/names/change", &domain));
    has(&otto.get(&format!("/server?period=2026-10&id={}", guid("LIC01"))).expect(200), "value=\"CORP\"");
    let vera = server.sign_in("vera").get("/names?period=2026-10").expect(200);
    assert!(!vera.text().contains("/names/"), "a viewer has no forms");
    server.sign_in("dirk").get("/names").expect(403);
}

#[test]
fn a_list_is_looked_at_and_saved_without_being_sent_again() {
    let server = fleet();
    let otto = server.sign_in("otto");
    let send = |body: &str| {
        let body = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"names.txt\"\r\n\r\n{body}\r\n--edge--\r\n"
        );
        let request = otto.request(Method::POST, "/names/file?period=2026-10");
        let request = request.header("content-type", "multipart/form-data; boundary=edge");
        otto.send(request.header("x-csrf-token", otto.csrf()).body(body))
    };
    has(&send("dora").expect(200), "There is nothing to save.");
    has(&send("\u{0}").expect(200), "Lines that can be no name");
    let looked = send("carl\ndora").expect(200);
    has(&looked, "Count 1 scrambled name as the clear ones?");
    let look = looked.field("look").unwrap();
    let next = [("look", look.as_str()), ("next", "/names?period=2026-10")];
    let anna = server.sign_in("anna");
    has(&anna.follow(&anna.post("/names/identify", &next)), "Choose the list again");
    has(&otto.follow(&otto.post("/names/identify", &next)), "count as the clear ones");
    has(&otto.follow(&otto.post("/names/identify", &next)), "Choose the list again");
    let found = server.house.run(["alias", "list", "--json"]).done().json();
    assert_eq!(found[0]["of"], "carl");
}

#[test]
fn a_locked_month_gives_its_reason_in_the_place_of_forms() {
    let mut server = fleet();
    server.restart_at("2026-11-12T09:00:00Z");
    let otto = server.sign_in("otto");
    let page = otto.get("/names?period=2026-10").expect(200);
    assert!(!page.text().contains("/names/preview"), "{}", page.text());
    has(&page, "Change November 2026 instead");
    let fields = [("act", "link"), ("user", "ben"), ("of", "dora")];
    has(&post(&otto, "/names/preview", &fields).expect(409), "SEAT-P01");
    has(&post(&otto, "/names/change", &fields).expect(409), "SEAT-P01");
}
