//! Commands beside the running server: what they change is seen at the next request.

use crate::server::Server;

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
