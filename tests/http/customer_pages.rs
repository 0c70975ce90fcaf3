//! The pages of customers: found, named, renamed, archived; nothing changes by looking.

use crate::server::Server;
use crate::usage::{words, worked_example};

#[test]
fn a_refused_form_says_beside_its_field_what_is_wrong_and_keeps_what_was_entered() {
    let server = worked_example();
    let otto = server.sign_in("otto");
    let page = otto.post("/customers", &[("name", "ACME"), ("external_id", "4711")]).expect(409).text();
    assert!(page.contains("<title>Error: Customers"), "{page}");
    assert!(page.contains("value=\"ACME\"") && page.contains("value=\"4711\""), "{page}");
    assert!(page.contains("href=\"#name\"") && page.contains("id=\"e-name\""), "{page}");
    otto.post("/customer/rename", &[("id", "acme"), ("name", "Acme"), ("external_id", "4711")]).expect(303);
    let page = otto.post("/customer/rename", &[("id", "beta"), ("name", "Beta"), ("external_id", "4711")]);
    let page = page.expect(409).text();
    assert!(page.contains("<title>Error: Beta") && page.contains("href=\"#external_id\""), "{page}");
    let page = otto.post("/customer/rename", &[("id", "beta"), ("name", " ")]).expect(400).text();
    assert!(page.contains("href=\"#name\""), "{page}");
    for path in ["/customer/rename", "/customer/archive"] {
        otto.post(path, &[("id", "nobody"), ("name", "X")]).expect(404);
    }
    assert!(!otto.get("/customers").text().contains(">X<"));
}

#[test]
fn a_customer_is_renamed_archived_found_and_taken_back() {
    let server = worked_example();
    let otto = server.sign_in("otto");
    let renamed =
        otto.post("/customer/rename", &[("id", "acme"), ("name", "Acme Holding"), ("period", "2026-10")]);
    let text = words(&otto.follow(&renamed).expect(200).text());
    assert!(text.contains("The customer is called Acme Holding now."), "{text}");
    assert!(text.contains("3 Premium users in October 2026, n/a on September."), "{text}");
    let list = words(&otto.get("/customers?period=2026-10").expect(200).text());
    assert!(list.contains("Acme Holding 3 n/a n/a"), "no month before: {list}");
    assert!(text.contains("LIC01 lic01.csp.example License server 4"), "{text}");
    let archived = otto.post("/customer/archive", &[("id", "acme"), ("period", "2026-10")]);
    assert!(words(&otto.follow(&archived).text()).contains("Archived since"), "says so");
    let list = |path: &str| words(&otto.get(path).expect(200).text());
    assert!(!list("/customers?period=2026-10").contains("Acme Holding"));
    assert!(list("/customers?period=2026-10&archived=true").contains("Acme Holding"));
    assert!(list("/customers?period=2026-10&q=holding").contains("No customer matches"));
    assert!(list("/customers?period=2026-10&q=BET").contains("Beta 3 n/a n/a"));
    let back = otto.post("/customer/archive", &[("id", "acme"), ("back", "1")]);
    assert!(words(&otto.follow(&back).text()).contains("Acme Holding takes tags again."));
    otto.get("/customer?id=nobody").expect(404);
    otto.get("/customer").expect(400);
}

#[test]
fn many_customers_stand_on_pages_that_lead_to_each_other() {
    let server = Server::new();
    let list: String = (0..230).map(|number| format!("Customer {number:03}\n")).collect();
    let file = server.house.write("customers.csv", format!("name\n{list}"));
    server.house.run(["customer", "import", file.to_str().unwrap()]).done();
    let vera = server.sign_in("vera");
    let names = |page: &str| page.matches("<tr><th scope=\"row\"><a href=\"/customer?").count();
    let step = |page: &str, label: &str| {
        let end = page.find(label).unwrap_or_else(|| panic!("no {label}: {page}"));
        let begin = page[..end].rfind("href=\"").unwrap() + 6;
        page[begin..].split('"').next().unwrap().replace("&amp;", "&").replace("&#38;", "&")
    };
    let first = vera.get("/customers").expect(200).text();
    assert_eq!(names(&first), 100);
    let second = vera.get(&step(&first, "\"Next page\"")).expect(200).text();
    assert!(words(&second).contains("101 to 200 of 230") && second.contains("Customer 100<"));
    let last = vera.get(&step(&first, ">Last</a>")).expect(200).text();
    assert!(words(&last).contains("201 to 230 of 230"));
    assert_eq!(names(&vera.get(&step(&last, "\"Previous page\"")).expect(200).text()), 100);
    let back = vera.get(&step(&second, "\"Previous page\"")).expect(200).text();
    assert!(back.contains("Customer 000<"));
}

#[test]
fn looking_changes_nothing() {
    let server = worked_example();
    let anna = server.sign_in("anna");
    let count = || server.house.run(["sql", "SELECT count(*) FROM audit"]).done().out;
    let before = count();
    for path in ["/", "/usage", "/usage?explain=total", "/customers", "/customer?id=acme", "/exports"] {
        anna.get(path).expect(200);
    }
    for path in ["/customer/rename?id=acme&name=X", "/customer/archive?id=acme"] {
        anna.get(path).expect(405);
    }
    assert_eq!(count(), before);
}
