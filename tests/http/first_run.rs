//! First run: the code of the terminal makes the one administrator that there is no default of.

use crate::client::{Answer, Visitor, secrets};
use crate::server::{PASSWORD, Server};

/// The code of a line `First run: open http://…/first-run and enter the code ABCD-….`
fn code(line: &str) -> String {
    let (_, behind) = line.split_once("enter the code ").unwrap();
    let code = behind.split(['.', ' ']).next().unwrap().to_owned();
    secrets().lock().unwrap().insert(code.clone());
    code
}

fn create(visitor: &Visitor, code: &str, more: &[(&str, &str)]) -> Answer {
    let mut fields = vec![("code", code), ("name", "anna"), ("password", PASSWORD), ("again", PASSWORD)];
    fields.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    fields.extend(more);
    visitor.post_bare("/first-run", &fields)
}

#[test]
fn the_code_of_the_terminal_makes_the_first_administrator_and_only_one() {
    let mut server = Server::empty();
    let said = server.says("First run: ");
    assert!(said.contains(&format!("{}/first-run", server.address())), "{said}");
    let mut visitor = server.visitor();
    assert_eq!(visitor.get("/").expect(303).location(), "/sign-in");
    assert_eq!(visitor.get("/sign-in").expect(303).location(), "/first-run");
    let page = visitor.get("/first-run").expect(200).text();
    assert!(page.contains("<title>First run"), "{page}");
    let settings = [
        ("organization_name", "Northwind <Hosting>"),
        ("organization_id", "northwind"),
        ("time_zone", "Europe/Berlin"),
        ("lock_day", "12"),
    ];
    let entered = create(&visitor, &code(&said), &settings).expect(303);
    visitor.take_cookie(&entered);
    assert_eq!(entered.location(), "/");
    let overview = visitor.get("/").expect(200).text();
    assert!(overview.contains("Northwind &#60;Hosting&#62;"), "{overview}");
    for (key, value) in settings {
        assert_eq!(server.house.run(["setting", "get", key]).done().out.trim(), value);
    }
    assert_eq!(server.house.run(["account", "list", "--json"]).json()[0]["role"], "admin");
    // It is over, for everyone.
    let other = server.visitor();
    assert_eq!(other.get("/first-run").expect(303).location(), "/sign-in");
    let again = create(&other, &code(&said), &[("name", "eve")]).expect(303);
    assert_eq!((again.location(), again.header("set-cookie")), ("/sign-in", None));
    assert_eq!(server.house.run(["account", "list", "--json"]).json().as_array().unwrap().len(), 1);
    server.house.check();
}

#[test]
fn a_wrong_code_makes_nothing_and_guessing_is_slowed() {
    let mut server = Server::empty();
    let said = server.says("First run: ");
    let visitor = server.visitor();
    let page = create(&visitor, "AAAA-AAAA-AAAA", &[]).expect(422).text();
    assert!(page.contains("<title>Error: First run") && page.contains("that the server printed last"));
    assert!(!page.contains(PASSWORD), "a password is not sent back");
    let mut tries = 1;
    while create(&visitor, "BBBB-BBBB-BBBB", &[]).status == 422 {
        tries += 1;
        assert!(tries < 40, "no delay after {tries} guesses");
    }
    let slowed = create(&visitor, &code(&said), &[]).expect(429);
    assert!(slowed.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    assert_eq!(server.house.run(["account", "list", "--json"]).json().as_array().unwrap().len(), 0);
}

#[test]
fn what_is_wrong_in_the_form_is_said_at_its_field_and_the_code_stays_good() {
    let mut server = Server::empty();
    let code = code(&server.says("First run: "));
    let visitor = server.visitor();
    for (field, value) in [
        ("name", " "),
        ("password", "short"),
        ("again", "another one"),
        ("time_zone", "Europe/Atlantis"),
        ("lock_day", "31"),
        ("organization_id", "a/b"),
    ] {
        let mut fields = vec![(field, value)];
        if field == "password" {
            fields.push(("again", value));
        }
        let page = create(&visitor, &code, &fields).expect(422).text();
        assert!(page.contains(&format!("id=\"e-{field}\"")), "{field}: {page}");
        assert!(page.contains(&format!("href=\"#{field}\"")), "{field}: {page}");
    }
    create(&visitor, &code, &[]).expect(303);
}

#[test]
fn a_code_expires_and_each_start_prints_one_that_holds() {
    let mut server = Server::empty();
    let first = code(&server.says("First run: "));
    server.restart_at("2026-10-20T12:01:00Z");
    let second = code(&server.says("First run: "));
    let visitor = server.visitor();
    create(&visitor, &first, &[]).expect(422);
    // Half an hour later the server offers a new one by itself; what was printed before is over.
    server.restart_at("2026-10-20T12:31:01Z");
    let third = code(&server.says("First run: "));
    let visitor = server.visitor();
    create(&visitor, &second, &[]).expect(422);
    create(&visitor, &third, &[]).expect(303);
}

#[test]
fn an_account_that_a_command_adds_ends_the_first_run() {
    let mut server = Server::empty();
    let code = code(&server.says("First run: "));
    crate::server::account(&server.house, "otto", "operator");
    let visitor = server.visitor();
    assert_eq!(create(&visitor, &code, &[]).expect(303).location(), "/sign-in");
    server.sign_in("otto");
}

#[test]
fn tokens_work_before_any_account_exists() {
    let server = Server::empty();
    server.api(&["read"]).get("/api/v1/customers").expect(200);
}
