//! From nothing to the figures of the month, as an administrator does it; with scripts and without.

use crate::driver::Browser;
use crate::pages::has;
use crate::server::{PASSWORD, Server};
use crate::support::Server as Source;
use crate::support::worked_example::{OCTOBER, uploads};

fn first_run(browser: &Browser, server: &mut Server) {
    let said = server.says("First run: ");
    let code = said.split_once("enter the code ").unwrap().1.split(['.', ' ']).next().unwrap().to_owned();
    browser.goto(server.address());
    browser.fill("#code", &code);
    browser.fill("[name=name]", "anna");
    browser.fill("[name=password]", PASSWORD);
    browser.fill("[name=again]", PASSWORD);
    browser.fill("[name=organization_name]", "Northwind");
    browser.click("form button.do");
    browser.titled("Overview");
    assert_eq!(browser.address(), format!("{}/", server.address()));
    assert!(browser.text("header").contains("Northwind"));
}

fn upload(browser: &Browser, server: &Server) {
    if !has("/uploads") {
        let api = server.api(&["upload"]);
        uploads().iter().for_each(|upload| drop(api.upload(&upload.name, &upload.bytes).expect(201)));
        return;
    }
    browser.goto(&format!("{}/uploads", server.address()));
    let files: Vec<String> =
        uploads().iter().map(|upload| server.house.put("in", upload).to_str().unwrap().to_owned()).collect();
    browser.fill("input[type=file]", &files.join("\n"));
    browser.click("form[enctype] button.do");
    let taken = || server.house.run(["sql", "SELECT count(*) FROM v1_upload"]).done().out.trim() == "4";
    crate::server::wait(|| taken().then_some(()), "four uploads");
    browser.goto(&format!("{}/uploads", server.address()));
    let list = browser.text("main");
    for upload in uploads() {
        assert!(list.contains(&upload.name), "{list}");
    }
}

fn customers(browser: &Browser, server: &Server) {
    for name in ["Acme", "Beta"] {
        browser.goto(&format!("{}/customers", server.address()));
        browser.fill("#name", name);
        browser.click("form.stack button.do");
        browser.shows(&format!("{name} is a customer now."));
    }
}

/// Tags through the user list where there is one; sources and flags by command.
fn tag(browser: &Browser, server: &Server) {
    let id = |name: &str| {
        let list = server.house.run(["customer", "list", "--json"]).done().json();
        let found = list.as_array().unwrap().iter().find(|one| one["name"] == name).unwrap()["id"].clone();
        found.as_str().unwrap().to_owned()
    };
    let guid = crate::support::guid;
    server.house.assign(OCTOBER, "license-server", &guid("LIC01"), &id("Acme")).done();
    server.house.assign(OCTOBER, "delivery-group", &guid("NG1"), &id("Beta")).done();
    server.house.clear(OCTOBER, "user", "CORP\\erik").done();
    server.house.free(OCTOBER, "user", "CORP\\carl", "test").done();
    server.house.free(OCTOBER, "license-server", &guid("LIC03"), "trial").done();
    if !has("/users") {
        server.house.assign(OCTOBER, "user", "corp\\Dora", &id("Beta")).done();
        return;
    }
    browser.goto(&format!("{}/users?period={OCTOBER}", server.address()));
    browser.click("input[name=object][value='corp\\\\dora']");
    browser.fill("[name=customer]", "Beta");
    browser.click("button[name=act][value=assign]");
    browser.shows("What moves");
    let preview = browser.text("main");
    assert!(preview.contains("Beta") && preview.contains("Acme"), "{preview}");
    browser.click("form[action='/assign/change'] button.do");
    browser.shows("Undo");
}

/// Cells of the row of a table whose head is this text.
fn row(browser: &Browser, head: &str) -> Vec<String> {
    let rows = browser.script(
        "return [...document.querySelectorAll('table tr')].map(row => [...row.cells].map(cell => cell.innerText.trim()))",
    );
    let rows = rows.as_array().unwrap().iter();
    let text = |row: &serde_json::Value| -> Vec<String> {
        row.as_array().unwrap().iter().map(|cell| cell.as_str().unwrap().to_owned()).collect()
    };
    rows.map(text).find(|row| row.first().is_some_and(|first| first.contains(head))).unwrap_or_default()
}

fn figures(browser: &Browser, server: &Server) {
    assert_eq!(server.house.usage(OCTOBER), ["- 2 1 1", "Acme 3 2 1", "Beta 3 3 0"]);
    if !has("/usage") {
        return;
    }
    browser.goto(&format!("{}/usage?period={OCTOBER}", server.address()));
    for (head, figures) in
        [("Acme", ["3", "2", "1"]), ("Beta", ["3", "3", "0"]), ("Unlinked", ["2", "1", "1"])]
    {
        let cells = row(browser, head);
        for figure in figures {
            assert!(
                cells.iter().skip(1).any(|cell| cell.split_whitespace().any(|word| word == figure)),
                "{head}: {cells:?}"
            );
        }
    }
    let cells = row(browser, "Users, each counted once");
    assert!(["7", "5", "2"].iter().all(|figure| cells.iter().any(|cell| cell == figure)), "{cells:?}");
    assert!(row(browser, "Overlap").iter().any(|cell| cell == "\u{2212}1"), "{:?}", row(browser, "Overlap"));
}

fn journey(scripts: bool) {
    let mut server = Server::empty();
    let browser = Browser::start(scripts);
    first_run(&browser, &mut server);
    upload(&browser, &server);
    customers(&browser, &server);
    tag(&browser, &server);
    figures(&browser, &server);
    browser.click("header details.menu summary");
    browser.click("form[action='/sign-out'] button");
    browser.titled("Sign in");
    browser.asked_nobody_but(server.address());
    server.house.check();
}

#[test]
fn from_nothing_to_the_figures_of_the_month() {
    journey(true);
}

#[test]
fn from_nothing_to_the_figures_of_the_month_without_scripts() {
    journey(false);
}

/// Everyone has a customer, and the one source reported yesterday.
fn clean_month() -> Server {
    let mut server = Server::new();
    server.house.customer("Acme");
    let source = Source::new("LIC01", "2026-10-19T03:00:00Z").saw(OCTOBER, &["CORP\\anna", "CORP\\ben"]);
    server.house.import(&source.upload());
    server.house.assign(OCTOBER, "license-server", &crate::support::guid("LIC01"), "acme").done();
    server.restart_at("2026-11-02T09:00:00Z");
    server.house.import(&Source::new("LIC01", "2026-11-01T03:00:00Z").saw(OCTOBER, &["CORP\\carl"]).upload());
    server
}

/// The clicks that it takes to close it, from the overview on.
fn close_a_clean_month(scripts: bool) -> usize {
    let server = clean_month();
    let browser = Browser::start(scripts);
    let otto = server.sign_in("otto");
    crate::pages::hand_over(&browser, &server, &otto);
    browser.goto(server.address());
    browser.titled("Overview");
    browser.shows("October is ready to report");
    let clicks = [".head .acts a.do", "#sure", "form[action='/period/close'] button.do"];
    for (css, shows) in
        clicks.iter().zip(["Close October 2026", "This cannot be undone.", "October 2026 is closed: 3 users"])
    {
        browser.click(css);
        browser.shows(shows);
    }
    let closed = server.house.run(["sql", "SELECT period, closed_by FROM v1_statement"]).done().out;
    assert!(closed.contains("2026-10") && closed.contains("web/otto"), "{closed}");
    clicks.len()
}

#[test]
fn a_clean_month_is_closed_in_at_most_four_clicks_from_the_overview() {
    assert!(close_a_clean_month(true) <= 4);
    assert!(close_a_clean_month(false) <= 4);
}
