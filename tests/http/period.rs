//! The page of a month: what it tells before closing, and closing through it.

use serde_json::{Value, json};

use crate::client::{Answer, Visitor};
use crate::server::Server;
use crate::support::worked_example::OCTOBER;
use crate::support::{FEATURE, Server as Source, guid};
use crate::usage::{words, worked_example};

const CLOSE: &str = "/period/close";
const PAGE: &str = "/period?period=2026-10";

/// The worked example, with October over and not locked yet.
fn november() -> Server {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    server
}

/// History from July on, in a house that went live in October.
fn history() -> Server {
    let server = Server::new();
    server.house.customer("Acme");
    let source = Source::new("LIC01", "2026-10-15T03:00:00Z");
    let source = source.saw("2026-07", &["CORP\\anna"]).saw("2026-09", &["CORP\\anna", "CORP\\ben"]);
    server.house.import(&source.upload());
    server
}

/// Closes as the page offers it.
fn close(visitor: &Visitor, period: &str) -> Answer {
    let page = visitor.get(&format!("/period?period={period}")).expect(200);
    let stamp = page.field("stamp").unwrap();
    visitor.post(CLOSE, &[("period", period), ("stamp", &stamp), ("sure", "yes")])
}

fn statements(server: &Server) -> String {
    server
        .house
        .run(["sql", "SELECT group_concat(period || ' ' || closed_by) FROM v1_statement"])
        .done()
        .out
        .trim()
        .to_owned()
}

#[test]
fn the_page_tells_what_to_look_at_and_what_closing_costs() {
    let server = november();
    let otto = server.sign_in("otto");
    let page = otto.get(PAGE).expect(200).text();
    let text = words(&page);
    assert!(
        text.contains(
            "Close October 2026 It closes by itself at the end of 10 Nov ( 11 Nov 00:00 ), in 5 days."
        ),
        "{text}"
    );
    assert!(text.contains("You may close it now, never later, and it is never opened again."), "{text}");
    assert!(
        text.contains("Four of nine are in order. The others may stay; the statement says so."),
        "{text}"
    );
    assert!(
        text.contains("Stands in the way: Unlinked users 2 2 of them share one domain, CORP Assign"),
        "{text}"
    );
    assert!(text.contains("Stands in the way: Servers reporting 0 of 3"), "{text}");
    assert!(text.contains("Bare names on several sources 0"), "{text}");
    assert!(text.contains("Not known: Customers that differ by more than 20 % n/a"), "{text}");
    assert!(text.contains("Date of this machine 5 Nov It fits what was last recorded"), "{text}");
    assert!(
        text.contains("Unlinked 2 1 1 2 customers 6 1 5 Overlap −1 0 −1 Users, each counted once 7 2 5"),
        "{text}"
    );
    let cost =
        "Close October with 2 unlinked users, 3 silent servers and 1 silent site. This cannot be undone.";
    assert!(text.contains(cost), "{text}");
    // The overview leads here.
    let overview = otto.get("/?period=2026-10").expect(200).text();
    assert!(
        words(&overview).contains("Days to the lock 5 October stays open until 11 Nov 00:00 Close"),
        "{overview}"
    );
    assert!(overview.contains(&format!("<a class=\"go\" href=\"{PAGE}\">Close</a>")), "{overview}");
}

#[test]
fn who_does_not_close_months_reads_the_page_and_finds_no_button() {
    let server = november();
    for (name, inside) in [("vera", true), ("dirk", false)] {
        let visitor = server.sign_in(name);
        let page = visitor.get(PAGE).expect(200).text();
        let text = words(&page);
        assert!(
            text.contains("October 2026 is open") && text.contains("An operator may close it now"),
            "{text}"
        );
        assert!(!page.contains("name=\"sure\"") && page.contains("disabled"), "{text}");
        assert_eq!(text.contains("Bare names on several sources"), inside, "{name}: {text}");
        assert_eq!(text.contains("Rejected uploads left to settle"), inside, "{name}: {text}");
        assert_eq!(page.contains("/users?"), inside, "{name}: lists of users");
        visitor.post(CLOSE, &[("period", OCTOBER), ("sure", "yes"), ("stamp", "2.3.1")]).expect(403);
    }
    assert_eq!(statements(&server), "");
}

#[test]
fn a_month_is_closed_once_by_whoever_has_seen_what_it_costs() {
    let server = november();
    let (otto, anna) = (server.sign_in("otto"), server.sign_in("anna"));
    let stamp = otto.get(PAGE).field("stamp").unwrap();
    // Without the box.
    let page = otto.post(CLOSE, &[("period", OCTOBER), ("stamp", &stamp)]).expect(400);
    let text = page.text();
    assert!(text.contains("<title>Error: Close October 2026"), "{text}");
    assert!(text.contains("href=\"#sure\"") && text.contains("aria-invalid=\"true\""), "{text}");
    assert!(words(&text).contains("Tick the box: Close October with 2 unlinked users"), "{text}");
    assert!(text.contains("href=\"/period?period=2026-09\""), "the months lead to this page: {text}");
    // What it costs has changed meanwhile.
    server.house.assign(OCTOBER, "user", "corp\\ben", "acme").done();
    let sure = [("period", OCTOBER), ("sure", "yes"), ("stamp", stamp.as_str())];
    let page = otto.post(CLOSE, &sure).expect(409);
    let text = words(&page.text());
    assert!(
        text.contains(
            "What is sealed has changed since this page was opened; it would be closed with 1 unlinked user, 3 silent \
             servers and 1 silent site."
        ),
        "{text}"
    );
    assert_eq!(statements(&server), "");
    // What the page asks now is agreed to by two at once.
    let stamp = page.field("stamp").unwrap();
    let sure = [("period", OCTOBER), ("sure", "yes"), ("stamp", stamp.as_str())];
    let answers = std::thread::scope(|scope| {
        let both = [&otto, &anna].map(|visitor| {
            visitor.csrf();
            visitor
        });
        let posts = both.map(|visitor| {
            let request = visitor
                .request(reqwest::Method::POST, CLOSE)
                .form(&[&sure[..], &[("csrf", &visitor.csrf())]].concat());
            scope.spawn(move || request.send().unwrap().status().as_u16())
        });
        let mut answers = posts.map(|post| post.join().unwrap());
        answers.sort_unstable();
        answers
    });
    assert_eq!(answers, [303, 409]);
    let told = statements(&server);
    assert!(told == "2026-10 web/otto" || told == "2026-10 web/anna", "{told}");
    let late = words(&otto.post(CLOSE, &sure).expect(409).text());
    assert!(late.contains("October 2026 is closed since 5 Nov 12:00, by "), "{late}");
    server.house.check();
}

#[test]
fn a_closed_month_shows_its_seal_and_is_verified_on_demand() {
    let server = november();
    let otto = server.sign_in("otto");
    let done = close(&otto, OCTOBER).expect(303);
    assert_eq!(done.location(), PAGE);
    let page = otto.follow(&done).expect(200).text();
    let seal = server.house.run(["sql", "SELECT seal FROM v1_statement"]).done().out.trim().to_owned();
    let text = words(&page);
    assert!(text.contains(&format!("October 2026 is closed: 7 users, seal {}…", &seal[..8])), "{text}");
    assert!(text.contains("October 2026 was closed on 5 Nov 12:00 by otto"), "{text}");
    let eights: Vec<&str> = (0..8).map(|at| &seal[at * 8..at * 8 + 8]).collect();
    assert!(page.contains(&format!("<code class=\"hash\">{}</code>", eights.join(" "))), "{page}");
    // Three rows of customers, one total, five sources.
    assert!(text.contains("7 users in 9 rows. It is the first of the chain."), "{text}");
    assert!(text.contains("Unlinked 2 1 1 Acme 3 1 2 Beta 3 0 3 Overlap −1 0 −1"), "{text}");
    assert!(!page.contains("name=\"sure\""), "nothing to close any more");
    let verified = otto.post("/period/verify", &[("period", OCTOBER)]).expect(303);
    let text = words(&otto.follow(&verified).text());
    assert!(text.contains("Verified 5 Nov 12:00: seal and figures of October 2026 are what"), "{text}");
    server.sign_in("vera").post("/period/verify", &[("period", OCTOBER)]).expect(303);
    server.sign_in("dirk").post("/period/verify", &[("period", OCTOBER)]).expect(403);
    otto.post("/period/verify", &[("period", "2026-11")]).expect(404);
    #[allow(clippy::disallowed_methods, reason = "a change past the program")]
    let db = rusqlite::Connection::open(server.house.path("data/seatledger.db")).unwrap();
    db.execute_batch(
        "DROP TRIGGER statement_row_update; UPDATE statement_row SET users = 9 WHERE kind = 'total'",
    )
    .unwrap();
    let broken = otto.post("/period/verify", &[("period", OCTOBER)]);
    let text = words(&otto.follow(&broken).text());
    assert!(text.contains("Does not hold") && text.contains("expected 7 users"), "{text}");
}

#[test]
fn late_usage_stands_beside_the_closed_month_and_before_the_closing_that_carries_it() {
    let mut server = november();
    close(&server.sign_in("otto"), OCTOBER).expect(303);
    let late = Source::new("LIC01", "2026-10-31T03:00:00Z").saw(OCTOBER, &["CORP\\ben", "CORP\\zoe"]);
    server.house.import(&late.upload());
    server
        .house
        .import(&Source::new("LIC01", "2026-11-04T03:00:00Z").saw("2026-11", &["CORP\\anna"]).upload());
    let otto = server.sign_in("otto");
    let text = words(&otto.get(PAGE).text());
    let since = "Unlinked Premium 2 −1 0 −1 the next to close Acme Premium 3 +2 0 +2 the next to close";
    assert!(text.contains(since), "{text}");
    server.restart_at("2026-12-05T12:00:00Z");
    let otto = server.sign_in("otto");
    let text = words(&otto.get("/period?period=2026-11").text());
    assert!(
        text.contains("Late users that are carried 2 Of October 2026: the statement tells them apart"),
        "{text}"
    );
    assert!(text.contains("October 2026 Premium Acme +2 0 +2"), "{text}");
    close(&otto, "2026-11").expect(303);
    let text = words(&otto.get("/period?period=2026-11").text());
    assert!(
        text.contains("Late usage it carries") && text.contains("October 2026 Premium Acme +2 0 +2"),
        "{text}"
    );
    assert!(text.contains("Covers October 2026 through its seal"), "{text}");
    let text = words(&otto.get(PAGE).text());
    assert!(text.contains("Acme Premium 3 +2 0 +2 November 2026"), "{text}");
}

#[test]
fn months_close_in_order_when_they_are_over_and_history_in_one_step() {
    let server = history();
    let otto = server.sign_in("otto");
    let text = words(&otto.get(PAGE).text());
    assert!(
        text.contains("October 2026 is still running")
            && text.contains("October is not over: it can be closed from 1 Nov 00:00 on."),
        "{text}"
    );
    let post = |period: &str, stamp: &str| {
        otto.post(CLOSE, &[("period", period), ("sure", "yes"), ("stamp", stamp)])
    };
    let text = words(&post(OCTOBER, "0.0.0").expect(409).text());
    assert!(text.contains("SEAT-P08"), "{text}");
    let text = words(&post("2026-06", "0.0.0").expect(409).text());
    assert!(text.contains("SEAT-P09"), "{text}");
    otto.post(CLOSE, &[("period", "2026-11"), ("sure", "yes")]).expect(409);
    otto.post(CLOSE, &[("period", "June"), ("sure", "yes")]).expect(400);
    otto.post(CLOSE, &[("sure", "yes")]).expect(400);
    let text = words(&otto.get("/period?period=2026-09").text());
    assert!(
        text.contains(
            "Close 3 months, July 2026 to September 2026, with 3 unlinked users, counted month by month"
        ),
        "{text}"
    );
    assert!(
        text.contains("Close 3 months up to September now July 2026 comes first: months close in order."),
        "{text}"
    );
    // Who saw one month less is asked again.
    let stamp = otto.get("/period?period=2026-09").field("stamp").unwrap();
    close(&otto, "2026-07").expect(303);
    post("2026-09", &stamp).expect(409);
    let done = close(&otto, "2026-09").expect(303);
    let text = words(&otto.follow(&done).text());
    assert!(
        text.contains("2 months are closed, August 2026 to September 2026. The last: 2 users, seal "),
        "{text}"
    );
    assert!(text.contains("by otto, as history from before the appliance went live"), "{text}");
    assert_eq!(statements(&server), "2026-07 web/otto,2026-08 web/otto,2026-09 web/otto");
    // What lies before the first statement has none.
    let text = words(&otto.get("/period?period=2026-05").expect(200).text());
    assert!(text.contains("May 2026 is closed It lies before the first month with a statement"), "{text}");
    let text = words(&otto.get("/period?period=2026-08").expect(200).text());
    assert!(text.contains("No usage in August 2026. Its statement says so: zero is a report too."), "{text}");
}

#[test]
fn a_doubted_clock_closes_nothing() {
    let mut server = worked_example();
    server.restart_at("2026-12-25T12:00:00Z");
    let otto = server.sign_in("otto");
    let text = words(&otto.get(PAGE).expect(200).text());
    assert!(
        text.contains("The date of this machine is in doubt: nothing closes until it is confirmed."),
        "{text}"
    );
    assert!(text.contains("Stands in the way: Date of this machine 25 Dec"), "{text}");
    let refused = otto.post(CLOSE, &[("period", OCTOBER), ("sure", "yes"), ("stamp", "2.3.1")]);
    assert!(refused.expect(409).text().contains("SEAT-P10"));
    assert_eq!(statements(&server), "");
}

#[test]
fn the_call_answers_what_the_command_answers() {
    let server = november();
    let path = format!("/api/v1/periods/{OCTOBER}/checklist");
    let api = server.api(&["read"]);
    let told = api.get(&path).expect(200).json();
    let command = server.house.run(["period", "checklist", OCTOBER, "--json"]).done().json();
    assert_eq!(told, command);
    assert_eq!((&told["closable"], &told["refusal"]), (&json!(true), &Value::Null));
    assert_eq!(told["unlinked"], json!({ "users": 2, "features": [{ "feature": FEATURE, "users": 2 }] }));
    assert_eq!(told["license_servers"]["count"], 3);
    let silent = &told["license_servers"]["silent"][0];
    assert_eq!(
        silent,
        &json!({ "id": guid("LIC01"), "name": "LIC01", "state": "not-reporting", "days_silent": 21 })
    );
    assert_eq!(told["differing"], Value::Null);
    assert_eq!(told["bare_names"], json!({ "count": 0, "first": [] }));
    api.get("/api/v1/periods/2026-12/checklist").problem(409, "SEAT-P02");
    api.get("/api/v1/periods/december/checklist").problem(400, "SEAT-P03");
    let running = api.get("/api/v1/periods/2026-11/checklist").expect(200).json();
    assert_eq!((&running["refusal"]["code"], &running["before"]), (&json!("SEAT-P08"), &json!([OCTOBER])));
}

/// The sheet of an explanation, as a browser shows it.
fn sheet(page: &str) -> String {
    let (_, behind) = page.split_once("id=\"why\"").unwrap();
    words(behind.split("</table>").next().unwrap())
}

#[test]
fn a_closed_month_is_explained_as_it_was_whatever_is_decided_or_comes_in_later() {
    let mut server = november();
    close(&server.sign_in("otto"), OCTOBER).expect(303);
    let explained = |server: &Server| {
        let (api, vera) = (server.api(&["read"]), server.sign_in("vera"));
        let usage = api.get(&format!("/api/v1/usage?period={OCTOBER}")).expect(200).json();
        let feature = &usage["features"][0];
        let rows = feature["customers"].as_array().unwrap().iter();
        let mut told = Vec::new();
        for (id, users) in rows.map(|row| (row["customer_id"].as_str(), &row["users"])) {
            let of = id.unwrap_or("none");
            let answer =
                api.get(&format!("/api/v1/explain?period={OCTOBER}&feature={FEATURE}&customer={of}"));
            let items = answer.expect(200).json()["items"].as_array().unwrap().clone();
            assert_eq!(json!(items.len()), *users, "{of}");
            told.push(json!(items).to_string());
            let what = id.map_or("unlinked".to_owned(), |id| format!("customer:{id}"));
            told.push(sheet(
                &vera.get(&format!("/usage?period={OCTOBER}&explain={what}")).expect(200).text(),
            ));
        }
        let total =
            api.get(&format!("/api/v1/explain?period={OCTOBER}&feature={FEATURE}")).expect(200).json();
        assert_eq!(json!(total["items"].as_array().unwrap().len()), feature["users"]);
        told.push(total["items"].to_string());
        told
    };
    let before = explained(&server);
    let house = &server.house;
    house.import(
        &Source::new("LIC02", "2026-10-31T03:00:00Z").saw(OCTOBER, &["CORP\\erik", "CORP\\zoe"]).upload(),
    );
    house.import(&Source::new("LIC02", "2026-11-04T03:00:00Z").saw("2026-11", &["CORP\\ben"]).upload());
    house.assign("2026-11", "license-server", &guid("LIC02"), "beta").done();
    house.assign("2026-11", "user", "corp\\ben", "acme").done();
    house.assign(OCTOBER, "user", "corp\\ben", "acme").refused(1, "SEAT-P01");
    house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    server.sign_in("otto").post("/server/archive", &[("object", &guid("LIC01"))]).expect(303);
    house
        .run([
            "sql",
            "--write",
            "INSERT INTO alias_row SELECT a.id, 202611, b.id, c.id FROM user a, user b, change c
        WHERE a.key = 'corp\\ben' AND b.key = 'corp\\anna' LIMIT 1",
        ])
        .done();
    assert_eq!(house.run(["sql", "SELECT count(*) FROM alias_row"]).done().out.trim(), "1");
    server.restart_at("2026-12-11T12:00:00Z");
    assert_eq!(explained(&server), before);
}

#[test]
fn figures_that_moved_since_the_page_was_opened_are_not_closed_unseen() {
    let mut server = worked_example();
    server.restart_at("2026-11-02T10:00:00Z");
    let otto = server.sign_in("otto");
    let page = otto.get("/period?period=2026-10").expect(200).text();
    let stamp = page.split("name=\"stamp\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let tag =
        ["assign", "--period", "2026-10", "--kind", "user", "--object", "corp\\carl", "--customer", "beta"];
    server.house.run(tag).done();
    let form = [("period", "2026-10"), ("sure", "yes"), ("stamp", stamp.as_str())];
    let again = otto.post("/period/close", &form).expect(409).text();
    assert!(again.contains("What is sealed has changed since this page was opened"), "{again}");
    let stamp = again.split("name=\"stamp\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    otto.post("/period/close", &[("period", "2026-10"), ("sure", "yes"), ("stamp", stamp)]).expect(303);
    let user = otto.get("/users?period=2026-10").expect(200).text();
    assert!(user.contains("Change November 2026 instead"), "an early closing ends the month: {user}");
}
