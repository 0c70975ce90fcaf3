//! Two names that are one person, linked from the users page, without scripts.

use crate::driver::Browser;
use crate::pages::{furnish, hand_over};
use crate::server::Server;

#[test]
fn two_names_are_linked_and_taken_apart_again_without_scripts() {
    let server = Server::new();
    furnish(&server);
    let browser = Browser::start(false);
    hand_over(&browser, &server, &server.sign_in("otto"));
    let total = || server.house.run(["sql", "SELECT sum(users) FROM seat_totals('2026-10')"]).done().out;
    let before = total();
    browser.goto(&format!("{}/users?period=2026-10", server.address()));
    browser.click("a[href^='/names']");
    browser.titled("Who is who");
    assert!(browser.text("main").contains("domains agree"), "{}", browser.text("main"));
    browser.click("form[action='/names/preview'] button[value=link]");
    browser.titled("Preview");
    browser.shows("2 users become 1");
    browser.click("form[action='/names/change'] button.do");
    browser.shows("Saved");
    assert_ne!(total(), before);
    browser.click("form[action='/undo'] button");
    browser.shows("Undone");
    assert_eq!(total(), before);
    browser.asked_nobody_but(server.address());
}
