//! Commands beside the running server: what they change is seen at the next request.

use std::time::Duration;

use crate::server::{PASSWORD, PATIENCE, Server};
use crate::support::{House, Server as Upload};

#[test]
fn what_a_command_changes_is_seen_at_once() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let reader = server.api(&["read"]);
    assert!(!anna.get("/customers").expect(200).text().contains("Acme"));
    assert_eq!(reader.get("/api/v1/customers").expect(200).json()["items"].as_array().unwrap().len(), 0);
    server.house.customer("Acme");
    assert!(anna.get("/customers").expect(200).text().contains("Acme"));
    assert_eq!(reader.get("/api/v1/customers/acme").expect(200).json()["name"], "Acme");
    server.house.run(["customer", "rename", "acme", "Acme Holding"]).done();
    assert!(anna.get("/customer?id=acme").expect(200).text().contains("Acme Holding"));
    server.house.check();
}

#[test]
fn the_running_server_closes_a_month_that_is_due_though_nobody_changes_anything() {
    let mut house = House::new();
    let password = format!("{PASSWORD}\n");
    // With an account there is no first run, so that nothing but the calendar writes.
    house.run_with(&["account", "add", "anna", "--role", "admin", "--password-stdin"], &password).done();
    house.import(&Upload::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &["anna"]).upload());
    house.at("2026-11-11T00:00:00Z");
    let list = |house: &House| house.run(["period", "list", "--json"]).done().json()[0].clone();
    assert_eq!(list(&house)["status"], "locked");
    let server = Server::over(house, &[]);
    let waits = PATIENCE.as_millis() / 100;
    let closed = (0..waits).any(|_| {
        std::thread::sleep(Duration::from_millis(100));
        list(&server.house)["status"] == "closed"
    });
    assert!(closed);
    assert_eq!(list(&server.house)["closed_by"], "clock");
    server.house.check();
}
