//! Figures and their explanations: the worked example of the domain, by API and by page.

use serde_json::{Value, json};

use crate::client::Api;
use crate::server::Server;
use crate::support::worked_example::{OCTOBER, tag, uploads};
use crate::support::{FEATURE, House, Server as Source, guid};

/// The worked example, tagged.
pub fn worked_example() -> Server {
    let server = Server::new();
    fill(&server.house);
    server
}

fn fill(house: &House) {
    for upload in uploads() {
        assert_eq!(house.import(&upload)["status"], "accepted");
    }
    tag(house);
}

fn usage(api: &Api) -> Value {
    api.get(&format!("/api/v1/usage?period={OCTOBER}")).expect(200).json()
}

#[test]
fn the_worked_example_is_answered_as_the_domain_says() {
    let server = worked_example();
    let usage = usage(&server.api(&["read"]));
    assert_eq!(usage["period"], OCTOBER);
    assert_eq!(usage["status"], "open");
    assert_eq!(usage["locks_at"], "2026-11-11T00:00:00Z");
    let feature = &usage["features"][0];
    let expected = [
        ("feature", json!(FEATURE)),
        ("product", json!("Virtual Apps and Desktops")),
        ("edition", json!("Premium")),
        ("users", json!(7)),
        ("paid_users", json!(5)),
        ("free_users", json!(2)),
        ("overlap", json!(1)),
    ];
    for (field, value) in expected {
        assert_eq!(feature[field], value, "{field}");
    }
    let row = |id: Value, name: Value, users: u64, paid: u64, free: u64| json!({ "customer_id": id, "name": name, "users": users, "paid_users": paid, "free_users": free });
    assert_eq!(
        feature["customers"],
        json!([
            row(Value::Null, Value::Null, 2, 1, 1),
            row(json!("acme"), json!("Acme"), 3, 2, 1),
            row(json!("beta"), json!("Beta"), 3, 3, 0),
        ])
    );
    let sources: Vec<(&str, i64)> = feature["sources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|source| (source["name"].as_str().unwrap(), source["users"].as_i64().unwrap()))
        .collect();
    assert_eq!(sources, [("NG1", 2), ("NG2", 1), ("LIC01", 4), ("LIC02", 2), ("LIC03", 2)]);
    assert_eq!(feature["entitled"], 100, "of the call-home report of LIC02");
    assert_eq!(feature["overage"], 0);
    assert!(usage.get("late").is_none(), "the month is open");
}

#[test]
fn sites_are_told_apart_by_whether_customers_share_them() {
    let server = worked_example();
    let api = server.api(&["read"]);
    let get =
        |kind: &str| api.get(&format!("/api/v1/usage/{kind}-tenant?period={OCTOBER}")).expect(200).json();
    assert_eq!(
        get("single"),
        json!({ "period": OCTOBER, "summary": { "customers": 0, "sites": 0, "users": 0 }, "sites": [] })
    );
    let multi = get("multi");
    assert_eq!(multi["summary"], json!({ "customers": 1, "sites": 1, "users": 3 }));
    let groups = &multi["sites"][0]["delivery_groups"];
    assert_eq!(groups[0]["name"], "NG1");
    assert_eq!(groups[0]["customer_id"], "beta");
    assert_eq!(groups[1]["customer_id"], Value::Null);
    server.house.clear(OCTOBER, "delivery-group", &guid("NG1")).done();
    server.house.assign(OCTOBER, "site", &guid("Nord"), "acme").done();
    assert_eq!(
        get("single")["sites"][0],
        json!({
            "id": guid("Nord"), "name": "Nord", "customer_id": "acme", "users": 3, "paid_users": 3, "free_users": 0
        })
    );
    assert_eq!(get("multi")["sites"], json!([]));
}

#[test]
fn a_figure_that_is_known_is_not_sent_again_until_it_moves() {
    let server = worked_example();
    let api = server.api(&["read"]);
    let ask = |tag: &str| {
        let request = api.request(reqwest::Method::GET, &format!("/api/v1/usage?period={OCTOBER}"));
        api.send(request.header("if-none-match", tag))
    };
    let tag = ask("\"another\"").expect(200).header("etag").unwrap().to_owned();
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let answer = ask(&known).expect(304);
        assert!(answer.bytes.is_empty());
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
    }
    server.house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    assert_ne!(ask(&tag).expect(200).header("etag"), Some(tag.as_str()), "a name moved");
}

/// Names behind a figure, taken part by part.
fn explained(api: &Api, what: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let path = format!("/api/v1/explain?period={OCTOBER}&feature={FEATURE}&limit=2{what}{cursor}");
        let part = api.get(&path).expect(200).json();
        all.extend(part["items"].as_array().unwrap().clone());
        match part["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

#[test]
fn every_figure_is_explained_by_as_many_users_as_it_counts() {
    let server = worked_example();
    let api = server.api(&["read"]);
    let figures = usage(&api);
    let feature = &figures["features"][0];
    for row in feature["customers"].as_array().unwrap() {
        let id = row["customer_id"].as_str().unwrap_or("none");
        let users = explained(&api, &format!("&customer={id}"));
        assert_eq!(json!(users.len()), row["users"], "{id}");
        let free = users.iter().filter(|user| user["is_free"] == true).count();
        assert_eq!(json!(free), row["free_users"], "{id}");
    }
    for row in feature["sources"].as_array().unwrap() {
        let users = explained(&api, &format!("&source={}", row["id"].as_str().unwrap()));
        assert_eq!(json!(users.len()), row["users"], "{row}");
    }
    assert_eq!(json!(explained(&api, "").len()), feature["users"]);
    let beta = explained(&api, "&customer=beta");
    let anna = &beta[0];
    assert_eq!((&anna["user"], &anna["via"]), (&json!("corp\\anna"), &json!("delivery-group")));
    assert_eq!(anna["sources"][0]["name"], "NG1");
    assert_eq!(anna["first_seen"], "2026-10-15T03:00:09Z");
    assert_eq!(beta[1]["via"], "user", "dora");
    assert_eq!(explained(&api, "&customer=none")[0]["via"], Value::Null);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    let server = worked_example();
    let api = server.api(&["read"]);
    for (path, status, code) in [
        ("/api/v1/usage", 400, "SEAT-C07"),
        ("/api/v1/usage?period=october", 400, "SEAT-P03"),
        ("/api/v1/usage?period=2026-12", 409, "SEAT-P02"),
        ("/api/v1/usage/single-tenant?period=2027-01", 409, "SEAT-P02"),
        ("/api/v1/explain?period=2026-10", 400, "SEAT-C07"),
        ("/api/v1/explain?period=2026-10&feature=X&customer=a&source=b", 400, "SEAT-C07"),
        ("/api/v1/explain?period=2026-10&feature=X&limit=0", 400, "SEAT-C07"),
        ("/api/v1/explain?period=2026-10&feature=X&cursor=abc", 400, "SEAT-C07"),
        ("/api/v1/explain?period=2026-12&feature=X", 409, "SEAT-P02"),
    ] {
        api.get(path).problem(status, code);
    }
    let nobody = api.get("/api/v1/explain?period=2026-10&feature=XDT_STD_UD").expect(200).json();
    assert_eq!(nobody, json!({ "items": [], "next_cursor": null }));
    let anna = server.sign_in("anna");
    for path in [
        "/usage?explain=beta",
        "/usage?sort=colour",
        "/usage?compare=x",
        "/customers?sort=x",
        "/?period=2027-01",
    ] {
        assert!(anna.get(path).status >= 400, "{path}");
    }
}

/// What stands between the tags, with single blanks.
pub fn words(html: &str) -> String {
    let mut text = String::new();
    let mut is_tag = false;
    for letter in html.chars() {
        match letter {
            '<' => is_tag = true,
            '>' => {
                is_tag = false;
                text.push(' ');
            }
            letter if !is_tag => text.push(letter),
            _ => {}
        }
    }
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_usage_page_shows_the_figures_and_opens_the_explanation_of_each_link() {
    let server = worked_example();
    let anna = server.sign_in("anna");
    let page = anna.get("/usage?period=2026-10").expect(200).text();
    let text = words(&page);
    assert!(text.contains("Users, each counted once 100.0 % 7 2 5 n/a n/a"), "{text}");
    assert!(text.contains("n/a on September") && !text.contains("+7"), "no month before: {text}");
    assert!(text.contains("Overlap −14.3 % −1"), "{text}");
    assert!(page.contains("several=true\">−1</a>"), "the users at several customers stand behind it");
    assert!(
        text.find("Unlinked 28.6 %").is_some_and(|at| at < text.find("Acme 42.9 %").unwrap()),
        "the unlinked row first: {text}"
    );
    let whys: Vec<&str> =
        page.split("class=\"fig\" href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()).collect();
    assert!(whys.len() > 15, "{whys:?}");
    for why in whys {
        let path = why.replace("&amp;", "&").replace("&#38;", "&");
        if path.starts_with("/usage") {
            let text = words(&anna.get(&path).expect(200).text());
            assert!(text.contains("Why ") && text.contains("Close the explanation"), "{path}: {text}");
        }
    }
    let beta = words(&anna.get("/usage?period=2026-10&explain=customer:beta").expect(200).text());
    assert!(
        beta.contains("Why Beta has 3 users 2 by delivery group 1 by the user’s own tag 3 paid 0 free"),
        "{beta}"
    );
    assert!(beta.contains("delivery group NG1") && beta.contains("All 3 users of Beta"), "{beta}");
}

#[test]
fn a_distributor_sees_figures_and_explanations_and_no_way_into_the_house() {
    let server = worked_example();
    let dirk = server.sign_in("dirk");
    for path in [
        "/?period=2026-10",
        "/usage?period=2026-10&explain=total",
        "/usage?period=2026-10&explain=unlinked",
        "/customers?period=2026-10",
        "/customer?period=2026-10&id=beta",
        "/exports?period=2026-10",
    ] {
        let page = dirk.get(path).expect(200).text();
        for inside in ["\"/users", "\"/user?", "\"/upload", "action=\"/customer/"] {
            assert!(!page.contains(inside), "{path} leads to {inside}");
        }
    }
    let text = words(&dirk.get("/usage?period=2026-10&explain=total").expect(200).text());
    assert!(text.contains("CORP\\ anna"), "{text}");
    dirk.post("/customers", &[("name", "Own")]).expect(403);
}

#[test]
fn a_month_is_held_against_any_other() {
    let server = worked_example();
    let upload = Source::new("LIC01", "2026-08-15T03:00:00Z").saw("2026-08", &["CORP\\anna"]).upload();
    assert_eq!(server.house.import(&upload)["status"], "accepted");
    let anna = server.sign_in("anna");
    let text = words(&anna.get("/usage?period=2026-10&compare=2026-08").expect(200).text());
    assert!(text.contains("7 +6 on August"), "{text}");
    assert!(text.contains("Users, each counted once 100.0 % 7 2 5 1 +6"), "{text}");
    let text = words(&anna.get("/usage?period=2026-08").expect(200).text());
    assert!(text.contains("Users, each counted once 100.0 % 1 0 1 n/a n/a"), "{text}");
    let text = words(&anna.get("/usage?period=2026-09").expect(200).text());
    assert!(text.contains("No usage in September 2026 yet"), "{text}");
    assert!(text.contains("The newest month with usage is October 2026"), "{text}");
    let page = anna.get("/usage?period=2026-10&compare=2026-08").expect(200).text();
    for then in page
        .split("href=\"")
        .filter(|rest| rest.starts_with("/usage?period=2026-08") && rest.contains("#why\""))
    {
        let path = then.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let text = words(&anna.get(&path).expect(200).text());
        assert!(text.contains("Usage, August 2026") && text.contains(" has 1 user "), "{path}: {text}");
    }
    assert!(page.contains("/usage?period=2026-08&#38;feature=XDT_PLT_UD&#38;explain=total"), "{page}");
    let august = page
        .split("<a href=\"")
        .find(|rest| rest.contains("period=2026-08") && rest.contains("Aug</a>"))
        .unwrap();
    let august = august.split('"').next().unwrap();
    assert!(!august.contains("compare"), "no month is held against itself: {august}");
}

/// Rows of the explanation that stands open on a page.
fn explained_rows(page: &str) -> usize {
    let why = page.split("aria-label=\"Users of ").nth(1).unwrap_or_default();
    why.split("</table>").next().unwrap_or_default().matches("<th scope=\"row\">").count()
}

#[test]
fn free_and_paid_figures_are_explained_by_those_users_alone() {
    let server = worked_example();
    let anna = server.sign_in("anna");
    let page = anna.get("/usage?period=2026-10").expect(200).text();
    let mut seen = 0;
    for rest in page.split("class=\"fig\" href=\"").skip(1) {
        let path = rest.split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&");
        let Some(only) = path.split("only=").nth(1).and_then(|rest| rest.get(..4)) else { continue };
        let figure: usize = rest.split('>').nth(1).unwrap().split('<').next().unwrap().parse().unwrap();
        let page = anna.get(&path).expect(200).text();
        assert_eq!(explained_rows(&page), figure, "{path}");
        let are = if figure == 1 { "is" } else { "are" };
        let text = words(&page);
        assert!(text.contains(&format!("Why {figure} of ")), "{path}: {text}");
        assert!(text.contains(&format!("users {are} {only}")), "{path}: {text}");
        let free = page.matches("<small>free</small>").count();
        assert_eq!(free, if only == "free" { figure } else { 0 }, "{path}");
        assert_eq!(page.matches("aria-expanded=\"true\"").count(), 1, "{path}: it says which figure is open");
        seen += 1;
    }
    assert!(seen > 10, "{seen}");
    let overview = anna.get("/?period=2026-10").expect(200).text();
    assert!(overview.contains("explain=total&#38;only=free#why"), "{overview}");
    let total = anna.get("/usage?period=2026-10&explain=total").expect(200).text();
    assert_eq!(total.matches("<table>").count(), total.matches("<caption").count(), "every table is named");
}

#[test]
fn what_names_no_month_to_compare_and_nobody_to_explain_is_told_so() {
    let server = worked_example();
    let anna = server.sign_in("anna");
    for (path, status, told) in [
        ("/usage?period=2026-10&compare=2026-10", 400, "expected another month than October 2026"),
        ("/usage?period=2026-10&compare=2027-06", 404, "June 2027 has not begun."),
        ("/usage?period=2026-10&explain=customer:nope", 404, "Expected the id of a customer"),
        ("/usage?period=2026-10&explain=source:nope", 404, "expected the id of a license server"),
        ("/usage?period=2027-06", 404, "June 2027 has not begun."),
        ("/?period=2027-06", 404, "June 2027 has not begun."),
    ] {
        let text = words(&anna.get(path).expect(status).text());
        assert!(text.contains(told), "{path}: {text}");
        assert!(!text.contains("Not changed") && !text.contains("T12:"), "{path}: {text}");
    }
    server.house.customer("Idle");
    let id = server.api(&["read"]).get("/api/v1/customers").expect(200).json();
    let idle =
        id["items"].as_array().unwrap().iter().find(|row| row["name"] == "Idle").unwrap()["id"].clone();
    anna.get(&format!("/usage?period=2026-10&explain=customer:{}", idle.as_str().unwrap())).expect(200);
}

#[test]
fn a_page_without_a_month_opens_the_one_to_be_reported_or_the_newest_with_usage() {
    let mut server = worked_example();
    for (instant, opens) in [
        ("2026-11-05T12:00:00Z", "October 2026"),
        // November is to be reported, and nothing is known of it yet.
        ("2026-12-05T12:00:00Z", "October 2026"),
        ("2027-03-20T12:00:00Z", "October 2026"),
    ] {
        server.restart_at(instant);
        let anna = server.sign_in("anna");
        for path in ["/", "/usage"] {
            let text = words(&anna.get(path).expect(200).text());
            assert!(text.contains(&format!(", {opens} · seatledger")), "{instant}, {path}: {text}");
            assert!(!text.contains("every user has a customer"), "{text}");
        }
    }
    let anna = server.sign_in("anna");
    let page = anna.get("/?period=2027-03").expect(200).text();
    let text = words(&page);
    assert!(text.contains("No usage in March 2027 yet"), "{text}");
    assert!(text.contains("The newest month with usage is October 2026"), "{text}");
    assert!(page.contains("href=\"/?period=2026-10\""), "{page}");
}

/// A server with as many customers, one user each, and a user of nobody.
fn many_customers(count: usize) -> Server {
    let server = Server::new();
    let names: Vec<String> =
        (0..count).map(|number| format!("CORP\\u{number:03}")).chain(["CORP\\zed".to_owned()]).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let upload = Source::new("LIC01", "2026-10-15T03:00:00Z").saw(OCTOBER, &names).upload();
    assert_eq!(server.house.import(&upload)["status"], "accepted");
    let api = server.api(&["read", "write"]);
    for (number, user) in names[..count].iter().enumerate() {
        let customer = api.post_json("/api/v1/customers", &json!({ "name": format!("C{number:03}") }));
        let id = customer.expect(201).json()["id"].clone();
        let objects = json!([{ "kind": "user", "id": user }]);
        let body = json!({ "period": OCTOBER, "customer_id": id, "objects": objects });
        api.post_json("/api/v1/assignments", &body).expect(200);
    }
    server
}

#[test]
fn of_many_customers_the_first_stand_there_and_the_rest_by_pages() {
    let server = many_customers(130);
    let anna = server.sign_in("anna");
    let rows = |page: &str| page.matches("href=\"/customer?").count();
    let page = anna.get("/usage?period=2026-10").expect(200).text();
    assert_eq!(rows(&page), 59, "the unlinked row is one of sixty");
    assert!(page.len() < 100_000, "{}", page.len());
    let text = words(&page);
    assert!(text.contains("The first 60 rows. All 130 customers"), "{text}");
    assert!(text.contains("Users, each counted once 100.0 % 131"), "the sums are of all: {text}");
    let page = anna.get("/usage?period=2026-10&customers=all&from=61&sort=name").expect(200).text();
    assert_eq!(rows(&page), 60);
    let text = words(&page);
    assert!(text.contains("61 to 120 of 131") && text.contains("C060"), "{text}");
    assert!(page.contains("customers=all&#38;from=121"), "{page}");
    let page = anna.get("/usage?period=2026-10&customers=all&from=121").expect(200).text();
    assert_eq!(rows(&page), 11);
    let last = page.split("explain=customer%3A").last().unwrap().split(['&', '#']).next().unwrap();
    let text = words(&anna.get(&format!("/usage?period=2026-10&explain=customer:{last}")).expect(200).text());
    assert!(text.contains("Why C") && text.contains("own tag"), "explained wherever it stands: {text}");
}
