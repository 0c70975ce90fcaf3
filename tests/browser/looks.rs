//! Every page: no axe violation in either theme, fits 320 pixels, asks nobody; with images of each to look at.

use serde_json::Value;

use crate::driver::{Browser, target};
use crate::pages::{self, addresses, furnish};
use crate::server::Server;

/// Where scripts/test lays it.
const AXE: &str = "axe-core-4.14.1/package/axe.min.js";
/// An answer of more bytes is too long for a slow line.
const MOST_BYTES: usize = 100 * 1024;

/// What axe finds on the page at hand: a line a node.
fn violations(browser: &Browser, axe: &str) -> Vec<String> {
    if browser.script("return typeof axe === 'undefined'") == true {
        browser.script(axe);
    }
    let found = browser.script_done(
        "axe.run({ resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
            .then(found => done(found.violations), fault => done([{ id: String(fault), nodes: [] }]))",
    );
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let line = |rule: &Value, node: &Value| {
        format!(
            "{}: {} {} {}",
            text(&rule["id"]),
            node["target"],
            text(&node["html"]),
            text(&node["failureSummary"])
        )
    };
    let rules = found.as_array().unwrap().iter();
    rules
        .flat_map(|rule| {
            let nodes = rule["nodes"].as_array().unwrap();
            if nodes.is_empty() {
                vec![text(&rule["id"])]
            } else {
                nodes.iter().map(|node| line(rule, node)).collect()
            }
        })
        .collect()
}

/// Looks at the page at hand in every way; what is wrong is a line each.
fn look(browser: &Browser, axe: &str, name: &str) -> Vec<String> {
    let image = |kind: &str| target("screenshots").join(format!("{name}-{kind}.png"));
    let mut wrong = Vec::new();
    for theme in ["light", "dark"] {
        browser.media(theme, "screen");
        browser.screenshot(&image(theme));
        wrong.extend(violations(browser, axe).into_iter().map(|one| format!("{name}, {theme}: {one}")));
    }
    browser.media("light", "screen");
    browser.width(320);
    let wide = browser.script("return document.documentElement.scrollWidth").as_u64().unwrap();
    if wide > 320 {
        let who = browser.script(
            "return [...document.querySelectorAll('main *, header *')].filter(e => e.getBoundingClientRect().right > 321)
                .slice(0, 3).map(e => e.outerHTML.slice(0, 90))",
        );
        wrong.push(format!("{name}: {wide} pixels wide at 320: {who}"));
    }
    browser.screenshot(&image("320"));
    browser.width(1280);
    browser.media("light", "print");
    browser.screenshot(&image("print"));
    browser.media("light", "screen");
    wrong
}

#[test]
fn every_page_is_without_violation_in_both_themes_and_fits_320_pixels() {
    let server = Server::new();
    furnish(&server);
    let axe = std::fs::read_to_string(target(AXE)).expect("axe-core in target/, which scripts/test fetches");
    let browser = Browser::start(true);
    let own = server.address();
    let mut wrong = Vec::new();
    browser.goto(&format!("{own}/sign-in"));
    wrong.extend(look(&browser, &axe, "sign-in"));
    browser.script("document.querySelector('label').removeAttribute('for')");
    assert_eq!(violations(&browser, &axe).len(), 1, "axe finds what is wrong");
    browser.goto(&format!("{own}/sign-in"));
    browser.fill("#name", "anna");
    browser.fill("#pw", "wrong");
    browser.click("form button.do");
    browser.titled("Error: Sign in");
    wrong.extend(look(&browser, &axe, "sign-in-error"));
    let anna = server.sign_in("anna");
    pages::hand_over(&browser, &server, &anna);
    for (name, address) in addresses(&server) {
        let answer = anna.get(&address);
        if answer.status != 200 {
            wrong.push(format!("{name}: {address} answers {}", answer.status));
            continue;
        }
        if answer.bytes.len() > MOST_BYTES {
            wrong.push(format!("{name}: {} bytes", answer.bytes.len()));
        }
        browser.goto(&format!("{own}{address}"));
        wrong.extend(look(&browser, &axe, &name));
        // A page that was visited before said no: that is no fault of this one.
        let told = browser.console().into_iter().filter(|line| !line.contains("Failed to load resource"));
        wrong.extend(told.map(|line| format!("{name}: console: {line}")));
    }
    for (name, address) in [
        ("error-404", "/none"),
        ("error-400", "/?period=x"),
        ("error-404-month", "/?period=2031-01"),
        ("history-error", "/history?from=2026-10&to=2026-02"),
    ] {
        browser.goto(&format!("{own}{address}"));
        wrong.extend(look(&browser, &axe, name));
    }
    // The theme of the account goes before the browser's.
    anna.post("/theme", &[("theme", "dark")]).expect(303);
    browser.goto(own);
    let colour = "return getComputedStyle(document.documentElement).backgroundColor
        + getComputedStyle(document.body).backgroundColor + getComputedStyle(document.body).color";
    let chosen = browser.script(colour);
    anna.post("/theme", &[("theme", "system")]).expect(303);
    browser.goto(own);
    assert_ne!(browser.script(colour), chosen);
    browser.media("dark", "screen");
    assert_eq!(browser.script(colour), chosen);
    browser.asked_nobody_but(own);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_pages_of_the_first_run_are_without_violation() {
    let server = Server::empty();
    let axe = std::fs::read_to_string(target(AXE)).expect("axe-core in target/, which scripts/test fetches");
    let browser = Browser::start(true);
    browser.goto(server.address());
    browser.titled("First run");
    let mut wrong = look(&browser, &axe, "first-run");
    browser.fill("#code", "WRONG");
    browser.fill("#name", "anna");
    browser.fill("#password", "short");
    browser.fill("#again", "shorter");
    browser.fill("#lock_day", "40");
    browser.click("form button.do");
    browser.titled("Error: First run");
    wrong.extend(look(&browser, &axe, "first-run-error"));
    browser.asked_nobody_but(server.address());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
