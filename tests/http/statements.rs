//! Statements as pages: of a customer, of the unlinked, of the whole month.

use crate::server::Server;
use crate::support::Server as Source;
use crate::usage::{words, worked_example};

fn closed() -> Server {
    let mut server = worked_example();
    server.restart_at("2026-11-05T12:00:00Z");
    server.house.run(["period", "close", "2026-10"]).done();
    server
}

#[test]
fn a_customers_statement_adds_up_and_names_only_its_own_sources() {
    let server = closed();
    let vera = server.sign_in("vera");
    let get = |customer: &str| {
        let page = vera.get(&format!("/statement?period=2026-10&customer={customer}")).expect(200).text();
        words(&page)
    };
    let acme = get("acme");
    for part in [
        "Acme, October 2026",
        "Closed 5 Nov 2026 , sealed",
        "customer acme",
        "1 to 31 October 2026",
        "statement 2026-10 / acme",
        "Paid users, Premium 2 3 users, 1 of them free",
        "Virtual Apps and Desktops, Premium 3 1 2",
        // anna was seen on NG1 too: that is Beta's.
        "LIC01 Premium 3 1 of 31 OCT 2026 Sealed 5 November 2026, 12:00",
        "CORP\\ anna CORP\\ carl free CORP\\ erik",
    ] {
        assert!(acme.contains(part), "{part}: {acme}");
    }
    let beta = get("beta");
    assert!(beta.contains("NG1 Premium 2 1 of 31 LIC01 Premium 1 1 of 31 NG2 Premium 1 1 of 31"), "{beta}");
    let none = get("none");
    assert!(none.contains("Unlinked users, October 2026"), "{none}");
    assert!(none.contains("LIC02 Premium 1 1 of 31 LIC03 Premium 1 1 of 31"), "{none}");
    let seal = server.house.run(["sql", "SELECT seal FROM v1_statement"]).done().out;
    assert!(acme.contains(&format!("{} {}", &seal[..8], &seal[8..16])), "{acme}");
    vera.get("/statement?period=2026-10&customer=nobody").expect(404);
    vera.get("/statement?period=2027-01&customer=acme").expect(404);
}

#[test]
fn the_whole_month_shows_every_row_and_leads_to_each_statement() {
    let server = closed();
    let page = server.sign_in("dirk").get("/statement?period=2026-10").expect(200).text();
    for customer in ["none", "acme", "beta"] {
        let link = format!("href=\"/statement?period=2026-10&#38;customer={customer}\"");
        assert!(page.contains(&link), "{link}");
    }
    let text = words(&page);
    assert!(text.contains("Unlinked 2 1 1 Acme 3 1 2 Beta 3 0 3 Overlap −1 0 −1"), "{text}");
    assert!(text.contains("Users, each counted once 7 2 5"), "{text}");
    assert!(text.contains("Premium 7 2 5 100 0"), "entitled, and nothing above it: {text}");
    assert!(!text.contains("Annex"), "{text}");
}

#[test]
fn a_distributor_sees_statements_without_the_names_of_users() {
    let server = closed();
    let path = "/statement?period=2026-10&customer=acme";
    let own = server.sign_in("dirk").get(path).expect(200).text();
    assert!(words(&own).contains("Paid users, Premium 2"), "{own}");
    assert!(!own.contains("Annex") && !own.contains("erik"), "{own}");
}

#[test]
fn what_is_not_closed_is_marked_provisional_and_has_no_seal() {
    let server = worked_example();
    let page = server.sign_in("vera").get("/statement?period=2026-10&customer=acme").expect(200).text();
    assert!(page.contains("class=\"paper stack open\"") && !page.contains("class=\"seal\""), "{page}");
    let text = words(&page);
    assert!(text.contains("Provisional, October is open"), "{text}");
    assert!(
        text.contains("October locks on 11 November 2026, 00:00; its statement is sealed then"),
        "{text}"
    );
    assert!(text.contains("1 of 20"), "days so far: {text}");
}

#[test]
fn what_arrives_after_the_closing_changes_nothing_of_a_sealed_statement() {
    let mut server = closed();
    let get = |server: &Server| {
        let page = server.sign_in("vera").get("/statement?period=2026-10&customer=acme").expect(200).text();
        page.split("<article").nth(1).unwrap().split("</article>").next().unwrap().to_owned()
    };
    let before = get(&server);
    server.restart_at("2026-11-06T12:00:00Z");
    let late = Source::new("LIC01", "2026-10-30T03:00:00Z").saw("2026-10", &["CORP\\anna", "CORP\\zoe"]);
    server.house.import(&late.upload());
    server.house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    assert_eq!(get(&server), before);
}

#[test]
fn a_long_statement_shows_its_beginning_and_the_whole_on_demand() {
    let mut server = Server::new();
    let users: Vec<String> = (0..1000).map(|number| format!("CORP\\user{number:04}")).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    server.house.import(&Source::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &users).upload());
    server.house.customer("Acme");
    server.house.assign("2026-10", "license-server", &crate::support::guid("LIC01"), "acme").done();
    server.restart_at("2026-10-21T12:00:00Z");
    let vera = server.sign_in("vera");
    let page = vera.get("/statement?period=2026-10&customer=acme").expect(200).text();
    assert!(page.contains("The first 150 of 1,000.") && page.len() < 100_000, "{}", page.len());
    assert!(!page.contains("user0150"));
    assert!(page.contains("customer=acme&#38;annex=all\""), "{page}");
    let page = vera.get("/statement?period=2026-10&customer=acme&annex=all").expect(200).text();
    assert!(page.contains("user0999") && !page.contains("The first"));
}

#[test]
fn a_customers_page_lists_its_statements_with_their_state() {
    let server = closed();
    let page = server.sign_in("dirk").get("/customer?id=acme&period=2026-10").expect(200).text();
    let text = words(&page);
    assert!(text.contains("Provisional locks 11 Dec 00:00 none yet"), "{text}");
    assert!(text.contains("Sealed since 5 Nov 12:00"), "{text}");
    assert!(page.contains("href=\"/statement?period=2026-11&#38;customer=acme\""), "{page}");
}
