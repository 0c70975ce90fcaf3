//! The history: months of any range, closed ones as their statements have them, by API and by page.

use serde_json::{Value, json};

use crate::client::Api;
use crate::server::Server;
use crate::support::{FEATURE, Server as Source, guid};
use crate::usage::{words, worked_example};

/// The worked example with a September before it, which is closed; then Acme is renamed and archived.
fn two_months() -> Server {
    let server = worked_example();
    let house = &server.house;
    let upload = Source::new("LIC01", "2026-09-15T03:00:00Z").saw("2026-09", &["CORP\\anna", "CORP\\ben"]);
    assert_eq!(house.import(&upload.upload())["status"], "accepted");
    house.assign("2026-09", "license-server", &guid("LIC01"), "acme").done();
    house.run(["period", "close", "2026-09"]).done();
    house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    house.run(["customer", "archive", "acme"]).done();
    server
}

fn rows(api: &Api, query: &str) -> Vec<Value> {
    let mut all = Vec::new();
    let mut cursor = String::new();
    loop {
        let part = api.get(&format!("/api/v1/history?limit=2{query}{cursor}")).expect(200).json();
        let items = part["items"].as_array().unwrap();
        assert!(items.len() <= 2);
        all.extend(items.clone());
        match part["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}

fn short(rows: &[Value]) -> Vec<String> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or("-").to_owned();
    let figures = |row: &Value| format!("{} {} {}", row["users"], row["paid_users"], row["free_users"]);
    rows.iter()
        .map(|row| {
            format!("{} {} {} {}", text(row, "period"), text(row, "status"), text(row, "name"), figures(row))
        })
        .collect()
}

#[test]
fn closed_months_answer_with_the_names_of_their_time_and_open_ones_are_counted() {
    let server = two_months();
    let api = server.api(&["read"]);
    let all = rows(&api, "");
    assert_eq!(
        short(&all),
        [
            "2026-09 closed Acme 2 2 0",
            "2026-10 open - 2 1 1",
            "2026-10 open Acme Holding 3 2 1",
            "2026-10 open Beta 3 3 0",
        ]
    );
    assert_eq!(
        all[0],
        json!({ "period": "2026-09", "status": "closed", "feature": FEATURE, "product": "Virtual Apps and Desktops",
            "edition": "Premium", "customer_id": "acme", "name": "Acme", "users": 2, "paid_users": 2, "free_users": 0 })
    );
    assert_eq!(all[1]["customer_id"], Value::Null);
    let of = |query: &str| short(&rows(&api, query));
    assert_eq!(of("&customer=acme"), ["2026-09 closed Acme 2 2 0", "2026-10 open Acme Holding 3 2 1"]);
    assert_eq!(of("&customer=none"), ["2026-10 open - 2 1 1"]);
    assert_eq!(of("&customer=nobody"), Vec::<String>::new());
    assert_eq!(of("&to=2026-09"), ["2026-09 closed Acme 2 2 0"]);
    assert_eq!(of("&from=2026-10").len(), 3);
    assert_eq!(of("&from=2025-01&to=2026-08"), Vec::<String>::new(), "nothing was used");
}

#[test]
fn months_that_cannot_be_and_strange_cursors_are_refused() {
    let server = two_months();
    let api = server.api(&["read"]);
    for (query, status, code) in [
        ("from=october", 400, "SEAT-P03"),
        ("from=2026-10&to=2026-09", 400, "SEAT-C04"),
        ("from=2010-01&to=2026-09", 400, "SEAT-C04"),
        ("to=2026-11", 409, "SEAT-P02"),
        ("from=2026-12", 409, "SEAT-P02"),
        ("limit=0", 400, "SEAT-C07"),
        ("cursor=abc", 400, "SEAT-C07"),
    ] {
        api.get(&format!("/api/v1/history?{query}")).problem(status, code);
    }
    let detail = api.get("/api/v1/history?from=2026-10&to=2026-09").json()["detail"].to_string();
    assert!(detail.contains("expected a last month that is not before 2026-10, found 2026-09"), "{detail}");
    let cursor = api.get("/api/v1/history?limit=1").expect(200).json()["next_cursor"].clone();
    let other = format!("/api/v1/history?limit=1&to=2026-10&cursor={}", cursor.as_str().unwrap());
    api.get(&other).problem(400, "SEAT-C07");
}

/// Where the links of a page lead, of those that begin so.
fn links(page: &str, begins: &str) -> Vec<String> {
    let all = page.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap().replace("&#38;", "&"));
    all.filter(|link| link.starts_with(begins)).collect()
}

#[test]
fn the_page_shows_every_month_with_sums_and_growth_that_come_out_even() {
    let server = two_months();
    let anna = server.sign_in("anna");
    let page = anna.get("/history?period=2026-10&from=2026-08&to=2026-10").expect(200).text();
    let text = words(&page);
    for told in [
        "History, August 2026 to October 2026",
        "from 2 users in September 2026 to 7 in October 2026: +5, +250.0 %",
        "Customer Aug 2026 Sep 2026 Open: Oct 2026",
        "Unlinked 0 0 2",
        "Acme Holding 0 2 3",
        "Beta 0 0 3",
        "Sum of the rows 0 2 8",
        "Overlap 0 0 −1",
        "Users, each counted once 0 2 7",
        "October 2026 is still running",
        "Beta 0 3 +3 new Unlinked 0 2 +2 new Acme Holding 2 3 +1 +50.0 %",
        "Sum of the rows 2 8 +6 +300.0 % Overlap 0 −1 −1 n/a Users, each counted once 2 7 +5 +250.0 %",
    ] {
        assert!(text.contains(told), "{told}: {text}");
    }
    let figures = links(&page, "/usage?");
    assert!(figures.iter().any(|link| link.contains("explain=customer%3Aacme")), "{figures:?}");
    for link in figures.iter().filter(|link| link.contains("explain=")) {
        let text = words(&anna.get(link.trim_end_matches("#why")).expect(200).text());
        assert!(text.contains("Close the explanation"), "{link}: {text}");
    }
    let csv = links(&page, "/exports/download");
    assert_eq!(csv, ["/exports/download?period=2026-10&report=history&format=csv&from=2026-08"]);
    let by_source =
        words(&anna.get("/history?from=2026-09&to=2026-10&split=source&growth=relative").expect(200).text());
    assert!(
        by_source.contains("LIC01 lic01.csp.example 2 4") && by_source.contains("Seen on several 0 −4"),
        "{by_source}"
    );
    assert!(by_source.contains("Acme Holding 2 3 +1 +50.0 % Unlinked"), "the least first: {by_source}");
    let own = words(&anna.get("/history?from=2026-09&to=2026-10&customer=acme").expect(200).text());
    assert!(own.contains("History of Acme Holding, September 2026 to October 2026"), "{own}");
    assert!(own.contains("Product Sep 2026 Open: Oct 2026 Premium 2 3"), "{own}");
    let month = words(&anna.get("/history?from=2026-09&to=2026-09").expect(200).text());
    assert!(
        month.contains("History, September 2026 Premium, XDT_PLT_UD : 2 users in September 2026."),
        "{month}"
    );
    assert!(month.contains("told between two months with usage; these months have one"), "{month}");
}

#[test]
fn a_distributor_reads_the_history_and_finds_no_way_into_the_house() {
    let server = two_months();
    let dirk = server.sign_in("dirk");
    for query in ["", "?split=source", "?customer=acme", "?from=2019-01&to=2019-03"] {
        let page = dirk.get(&format!("/history{query}")).expect(200).text();
        for inside in ["\"/users", "\"/user?", "\"/upload"] {
            assert!(!page.contains(inside), "{query} leads to {inside}");
        }
    }
}

#[test]
fn what_the_form_of_the_months_says_wrong_is_told_beside_its_field() {
    let server = two_months();
    let anna = server.sign_in("anna");
    for (query, status, field, told) in [
        ("from=2026-10&to=2026-09", 400, "to", "September 2026 stands before October 2026."),
        ("from=2026-10&to=2027-01", 404, "to", "January 2027 has not begun."),
        ("from=x&to=2026-09", 400, "from", "Expected a billing period such as 2026-10"),
        ("from=2001-01&to=2026-09", 400, "from", "it is 309 months. Choose 120 or fewer."),
    ] {
        let page = anna.get(&format!("/history?{query}")).expect(status).text();
        assert!(page.contains("<title>Error: History"), "{query}: {page}");
        assert!(page.contains(&format!("href=\"#{field}\"")), "{query}: {page}");
        assert!(page.contains(&format!("id=\"e-{field}\"")), "{query}: {page}");
        assert!(words(&page).contains(told), "{query}: {}", words(&page));
    }
    anna.get("/history?split=colour").expect(400);
    anna.get("/history?customer=nobody").expect(404);
    let text = words(&anna.get("/history?from=2019-01&to=2019-03").expect(200).text());
    assert!(
        text.contains("No usage in these months") && text.contains("The twelve months to October 2026"),
        "{text}"
    );
    let networking = words(&anna.get("/history?product=networking").expect(200).text());
    assert!(networking.contains("NetScaler allocations have no history of users"), "{networking}");
}

#[test]
fn the_months_above_the_page_are_where_its_twelve_months_end() {
    let server = two_months();
    let anna = server.sign_in("anna");
    let page = anna.get("/history?period=2026-10&from=2026-10&to=2026-10&split=source").expect(200).text();
    let tabs = links(&page, "/history?split=source");
    let september = tabs.iter().find(|link| link.contains("period=2026-09")).unwrap();
    assert!(september.contains("to=2026-09") && !september.contains("from="), "{september}");
    let text = words(&anna.get(september).expect(200).text());
    assert!(text.contains("History, October 2025 to September 2026"), "{text}");
    for path in ["/customer?period=2026-09&id=acme", "/?period=2026-10"] {
        let page = anna.get(path).expect(200).text();
        for link in links(&page, "/history?") {
            anna.get(&link).expect(200);
        }
    }
}

/// Figures of the first row that begins with a label.
fn cells(page: &str, label: &str) -> Vec<i64> {
    let row = page.split("<tr").find(|row| row.contains(&format!(">{label}<"))).unwrap();
    let row = row.split("</tr>").next().unwrap();
    let cells = row.split("<td class=\"n\">").skip(1).map(words);
    cells.map(|cell| cell.replace(',', "").replace('−', "-").parse().unwrap()).collect()
}

#[test]
fn many_customers_of_many_months_stand_on_short_pages_whose_rest_and_sums_are_exact() {
    let server = Server::new();
    let house = &server.house;
    let names: Vec<String> = (0..230).map(|number| format!("CORP\\user{number:03}")).collect();
    let months: Vec<String> =
        (0..14).map(|at| format!("{}-{:02}", 2025 + (8 + at) / 12, (8 + at) % 12 + 1)).collect();
    let mut source = Source::new("LIC01", "2026-10-15T03:00:00Z");
    for (at, month) in months.iter().enumerate() {
        let names: Vec<&str> = names.iter().take(216 + at).map(String::as_str).collect();
        source = source.saw(month, &names);
    }
    assert_eq!(house.import(&source.upload())["status"], "accepted");
    let list: String = (0..115).map(|number| format!("Customer {number:03},c{number}\n")).collect();
    let file = house.write("customers.csv", format!("name,id\n{list}"));
    house.run(["customer", "import", file.to_str().unwrap()]).done();
    let tag = "INSERT INTO assignment (kind, object_id, since, customer_id)
        SELECT 'user', key, '2025-09', 'c' || (substr(key, 10) / 2) FROM user WHERE substr(key, 10) + 0 < 228";
    house.run(["sql", "--write", tag]).done();
    house.run(["period", "close", "2026-09", "--and-before"]).done();
    let vera = server.sign_in("vera");
    let mut seen = 0;
    let mut next = Some("/history?period=2026-10&from=2025-09&to=2026-10".to_owned());
    while let Some(path) = next {
        let answer = vera.get(path.trim_end_matches("#table")).expect(200);
        assert!(answer.bytes.len() < 100 << 10, "{path}: {} bytes", answer.bytes.len());
        let page = answer.text();
        let table = page.split("id=\"table\"").nth(1).unwrap().split("</section>").next().unwrap();
        let body = table.split("<tbody>").nth(1).unwrap().split("</tbody>").next().unwrap();
        let rows: Vec<&str> = body.split("<tr").skip(1).filter(|row| !row.contains("others<")).collect();
        let shown: i64 =
            rows.iter().map(|row| words(row).split(' ').next_back().unwrap().parse::<i64>().unwrap()).sum();
        let rest = body.split("<tr").find(|row| row.contains("others<")).unwrap();
        let rest: i64 = words(rest).split(' ').next_back().unwrap().parse().unwrap();
        assert_eq!(shown + rest, 229, "{path}");
        assert_eq!(*cells(table, "Sum of the rows").last().unwrap(), 229);
        seen += rows.len();
        let way = table.split("aria-label=\"Pages of rows\"").nth(1).unwrap();
        next = way.contains("rel=\"next\"").then(|| {
            let link = way.split(" rel=\"next\"").next().unwrap().rsplit("href=\"").next().unwrap();
            link.trim_end_matches('"').replace("&#38;", "&")
        });
    }
    assert_eq!(seen, 115, "114 customers and the unlinked");
    // Twelve months stand beside each other; the first two are a step away.
    let page = vera.get("/history?from=2025-09&to=2026-10").expect(200).text();
    assert!(words(&page).contains("November 2025 to October 2026, of 14 months"), "{}", words(&page));
    assert_eq!(cells(&page, "Users, each counted once").len(), 12);
    let earlier = vera.get("/history?from=2025-09&to=2026-10&upto=2025-10").expect(200).text();
    assert!(words(&earlier).contains("September 2025 to August 2026, of 14 months"), "{}", words(&earlier));
    assert_eq!(cells(&earlier, "Users, each counted once")[0], 216);
}
