//! Billing periods: listed, closed, verified, their late usage, and a clock in doubt; by API and by page.

use serde_json::{Value, json};

use crate::client::Api;
use crate::server::Server;
use crate::support::Server as Source;
use crate::usage::{words, worked_example};

const CLOSE: &str = "/api/v1/periods/2026-10/close";

fn post(api: &Api, path: &str) -> crate::client::Answer {
    api.send(api.request(reqwest::Method::POST, path))
}

/// The worked example in November, October closed by an API client.
fn october_closed() -> Server {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    post(&server.api(&["write"]), CLOSE).expect(200);
    server
}

/// One more user of Acme's server, told after October was closed.
fn late(server: &Server) {
    let told = Source::new("LIC01", "2026-11-05T03:00:00Z").saw("2026-10", &["CORP\\anna", "CORP\\zoe"]);
    let answer = server.api(&["upload"]).upload("late.zip", &told.upload().bytes).expect(201).json();
    assert_eq!(answer["late_users"], 1);
}

#[test]
fn a_month_is_closed_once_and_in_order_and_says_so_in_the_list() {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    let (read, write) = (server.api(&["read"]), server.api(&["write"]));
    let list = read.get("/api/v1/periods").expect(200).json();
    let months: Vec<&str> =
        list["items"].as_array().unwrap().iter().map(|item| item["period"].as_str().unwrap()).collect();
    assert_eq!(months, ["2026-11", "2026-10"], "the newest first");
    assert_eq!(
        list["items"][1],
        json!({ "period": "2026-10", "status": "open", "locks_at": "2026-11-11T00:00:00Z", "closed_at": null,
            "closed_by": null, "imported": null, "users": null, "seal": null, "late_users": 0 })
    );
    post(&write, "/api/v1/periods/2026-11/close").problem(409, "SEAT-P08");
    post(&write, "/api/v1/periods/2026-09/close").problem(409, "SEAT-P09");
    post(&write, "/api/v1/periods/october/close").problem(400, "SEAT-P03");
    write.post_json(CLOSE, &json!([true])).problem(400, "SEAT-C07");
    write.post_json(CLOSE, &json!({ "before": true })).problem(400, "SEAT-C07");
    read.get("/api/v1/periods/2026-10/verify").problem(404, "SEAT-C06");
    let closed = write.post_json(CLOSE, &json!({ "and_before": true })).expect(200).json();
    assert_eq!((&closed["status"], &closed["users"]), (&json!("closed"), &json!(7)));
    assert_eq!(closed["closed_at"], "2026-11-05T12:00:00Z");
    assert!(closed["closed_by"].as_str().unwrap().starts_with("api/"), "{closed}");
    post(&write, CLOSE).problem(409, "SEAT-P01");
    let first = read.get("/api/v1/periods?limit=1").expect(200).json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = read.get(&format!("/api/v1/periods?limit=1&cursor={cursor}")).expect(200).json();
    assert_eq!((&rest["items"][0], &rest["next_cursor"]), (&closed, &Value::Null));
    let held = read.get("/api/v1/periods/2026-10/verify").expect(200).json();
    assert_eq!(held["ok"], true, "{held}");
    assert_eq!((&held["seal"], &held["computed"]), (&closed["seal"], &closed["seal"]));
    assert_eq!(held["problems"], json!([]));
}

#[test]
fn a_statement_is_provisional_until_it_is_sealed_and_its_rows_add_up() {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    let (read, write) = (server.api(&["read"]), server.api(&["write"]));
    let get = |query: &str| read.get(&format!("/api/v1/periods/2026-10/statement{query}")).expect(200).json();
    let open = get("");
    for field in ["seal", "previous_seal", "closed_at", "closed_by", "imported"] {
        assert_eq!(open[field], Value::Null, "{field}");
    }
    assert_eq!((&open["status"], &open["time_zone"]), (&json!("open"), &json!("UTC")));
    let closed = post(&write, CLOSE).expect(200).json();
    let sealed = get("");
    assert_eq!((&sealed["seal"], &sealed["previous_seal"]), (&closed["seal"], &json!("")));
    let entitled = |row: &Value| (row["kind"] != "total").then(|| row.clone());
    let rows = |statement: &Value| -> Vec<Value> {
        statement["rows"].as_array().unwrap().iter().filter_map(entitled).collect()
    };
    assert_eq!(rows(&open), rows(&sealed), "what was provisional was sealed");
    let total = &sealed["rows"][0];
    assert_eq!((&total["kind"], &total["users"], &total["overlap"]), (&json!("total"), &json!(7), &json!(1)));
    let sum = |kinds: &[&str], field: &str| -> i64 {
        let own = rows(&sealed).into_iter().filter(|row| kinds.contains(&row["kind"].as_str().unwrap()));
        own.map(|row| row[field].as_i64().unwrap()).sum()
    };
    assert_eq!(sum(&["customer", "unlinked"], "users"), 7 + 1);
    assert_eq!(sum(&["source"], "users"), 2 + 1 + 4 + 2 + 2);
    let acme = get("?customer=acme");
    assert_eq!(acme["rows"].as_array().unwrap().len(), 1);
    assert_eq!((&acme["rows"][0]["customer"], &acme["rows"][0]["paid_users"]), (&json!("Acme"), &json!(2)));
    assert_eq!(get("?customer=none")["rows"][0]["kind"], "unlinked");
    read.get("/api/v1/periods/2026-10/statement?customer=nobody").problem(404, "SEAT-A03");
    read.get("/api/v1/periods/2027-01/statement").problem(409, "SEAT-P02");
    // A name of later is not that of the statement.
    server.house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    assert_eq!(get("?customer=acme")["rows"][0]["customer"], "Acme");
}

#[test]
fn late_usage_stands_beside_the_figures_and_the_next_statement_carries_it() {
    let server = october_closed();
    let read = server.api(&["read"]);
    let usage = || read.get("/api/v1/usage?period=2026-10").expect(200).json();
    let before = usage();
    assert!(before.get("late").is_none(), "{before}");
    late(&server);
    let after = usage();
    assert_eq!(after["features"], before["features"], "no closed month moves");
    let row = |carried_in: Value| {
        json!([{ "feature": "XDT_PLT_UD", "customer_id": "acme", "users": 1, "paid_users": 1, "free_users": 0,
            "carried_in": carried_in }])
    };
    assert_eq!(after["late"], row(Value::Null));
    let statement = |period: &str| {
        read.get(&format!("/api/v1/periods/{period}/statement?customer=acme")).expect(200).json()
    };
    assert_eq!(statement("2026-10")["late"], json!([]));
    let would = statement("2026-11")["late"].clone();
    assert_eq!((&would[0]["period"], &would[0]["users"]), (&json!("2026-10"), &json!(1)));
    let vera = server.sign_in("vera");
    let page = words(&vera.get("/usage?period=2026-10").expect(200).text());
    assert!(page.contains("Acme Premium +1 0 +1 the next statement will carry it"), "{page}");
    let page = words(&vera.get("/statement?period=2026-11&customer=acme").expect(200).text());
    assert!(page.contains("this statement would carry"), "{page}");
    let page = vera.get("/periods").expect(200).text();
    assert!(page.contains("href=\"/period?period=2026-10#since\">1</a>"), "{page}");
    let mut server = server;
    server.restart_at("2026-12-05T12:00:00Z");
    let (read, write) = (server.api(&["read"]), server.api(&["write"]));
    post(&write, "/api/v1/periods/2026-11/close").expect(200);
    let usage = read.get("/api/v1/usage?period=2026-10").expect(200).json();
    assert_eq!(usage["late"], row(json!("2026-11")));
    let dirk = server.sign_in("dirk");
    let page = words(&dirk.get("/usage?period=2026-11").expect(200).text());
    assert!(
        page.contains("Carried from earlier months") && page.contains("Acme Premium +1 0 +1 October 2026"),
        "{page}"
    );
    let page = words(&dirk.get("/statement?period=2026-11&customer=acme").expect(200).text());
    assert!(page.contains("No user of Acme was seen in November 2026: 0 users."), "{page}");
    assert!(page.contains("October 2026 Premium +1 0 +1"), "{page}");
}

#[test]
fn the_list_of_months_tells_states_and_who_closed() {
    let server = Server::new();
    let page = words(&server.sign_in("dirk").get("/periods").expect(200).text());
    assert!(page.contains("No billing periods yet"), "{page}");
    let server = october_closed();
    let page = server.sign_in("vera").get("/periods").expect(200).text();
    let text = words(&page);
    assert!(text.contains("1 month is open. November 2026 locks next: 11 Dec 00:00, in 35 days."), "{text}");
    assert!(text.contains("Closed 5 Nov 12:00 API client"), "{text}");
    assert!(text.contains("Open , locks 11 Dec 00:00 n/a 0 none yet 0 Provisional"), "{text}");
    let seal = server.house.run(["sql", "SELECT seal FROM v1_statement"]).done().out;
    assert!(
        text.contains(&seal[..8]) && page.matches("M0-26").count() == 1,
        "drawn for what is sealed alone"
    );
    for link in ["/period?period=2026-10", "/statement?period=2026-10", "/statement?period=2026-11"] {
        assert!(page.contains(&format!("href=\"{link}\"")), "{link}");
    }
}

#[test]
fn years_of_months_stand_on_pages() {
    let mut server = Server::new();
    let old = Source::new("LIC01", "2026-10-19T03:00:00Z").saw("2019-01", &["CORP\\anna"]);
    server.house.import(&old.upload());
    server.restart_at("2026-10-21T12:00:00Z");
    let vera = server.sign_in("vera");
    let page = vera.get("/periods").expect(200).text();
    assert!(page.contains("1 to 60 of 94") && page.len() < 100_000, "{}", page.len());
    let next = page.split("rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let page = vera.get(&next).expect(200).text();
    assert!(page.contains("61 to 94 of 94") && page.contains("January\u{a0}2019"), "{next}");
    assert!(vera.get("/periods?before=2021-10").expect(200).text().contains("1 to 60 of 94"));
    assert!(vera.get("/periods?at=last").expect(200).text().contains("61 to 94 of 94"));
    vera.get("/periods?after=x").expect(400);
}

#[test]
fn a_clock_in_doubt_stands_above_every_page_until_an_administrator_confirms_it() {
    let mut server = worked_example();
    server.restart_at("2029-10-20T12:00:00Z");
    let (vera, anna) = (server.sign_in("vera"), server.sign_in("anna"));
    let page = vera.get("/servers").expect(200).text();
    assert!(
        page.contains("Clock in doubt") && words(&page).contains("until an administrator confirms the date")
    );
    assert!(!page.contains("action=\"/clock/confirm\""), "{page}");
    let page = anna.get("/servers").expect(200).text();
    assert!(page.contains("The date is right: confirm 20 Oct 2029"), "{page}");
    let date = page.split("name=\"date\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(date, "2029-10-20");
    let next = ("next", "/servers?period=2029-10");
    post(&server.api(&["write"]), CLOSE).problem(409, "SEAT-P10");
    let stale = anna.post("/clock/confirm", &[("date", "2029-10-19"), next]);
    assert!(words(&anna.follow(&stale).text()).contains("Not confirmed The page showed another day"));
    let unsure = anna.post("/clock/confirm", &[("date", date), next]);
    let cost = "36 months close at once, October 2026 to September 2029. This cannot be undone.";
    assert!(words(&anna.follow(&unsure).text()).contains(&format!("Not confirmed Tick the box: {cost}")));
    let done = anna.post("/clock/confirm", &[("date", date), ("sure", cost), next]);
    let page = words(&anna.follow(&done).expect(200).text());
    assert!(page.contains("36 months are closed and sealed: October 2026 to September 2029."), "{page}");
    assert!(!page.contains("Clock in doubt"), "{page}");
    let log = server.log();
    assert!(
        log.contains("closed 2026-10: 7 users, seal ") && log.contains("closed 2029-09: 0 users"),
        "{log}"
    );
    let again = post(&server.api(&["admin"]), "/api/v1/clock/confirm").expect(200).json();
    assert_eq!(again, json!({ "confirmed": false, "closed": [] }));
}

#[test]
fn a_program_confirms_the_date_and_is_told_what_closed() {
    let mut server = worked_example();
    server.restart_at("2026-12-20T12:00:00Z");
    let confirmed = post(&server.api(&["admin"]), "/api/v1/clock/confirm").expect(200).json();
    assert_eq!(confirmed["confirmed"], true);
    let closed: Vec<_> =
        confirmed["closed"].as_array().unwrap().iter().map(|month| &month["period"]).collect();
    assert_eq!(closed, ["2026-10", "2026-11"]);
    assert_eq!(confirmed["closed"][0]["users"], 7);
}
