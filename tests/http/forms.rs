//! Forms: what is posted comes from a page of ours, and changes once.

use reqwest::Method;

use crate::server::Server;

#[test]
fn a_form_without_the_token_of_its_session_changes_nothing() {
    let server = Server::new();
    let (anna, otto) = (server.sign_in("anna"), server.sign_in("otto"));
    let (own, foreign) = (anna.csrf(), otto.csrf());
    let refused = |fields: &[(&str, &str)]| {
        let answer = anna.post_bare("/customers", fields).expect(403);
        assert!(answer.text().contains("SEAT-K22"), "{}", answer.text());
    };
    refused(&[("name", "Acme")]);
    for token in ["", "x", &foreign, &own[1..], &format!("{own}x"), &own.to_lowercase()] {
        refused(&[("csrf", token), ("name", "Acme")]);
    }
    refused(&[("csrf", "x"), ("csrf", &own), ("name", "Acme")]);
    assert!(!anna.get("/customers").text().contains("Acme"));
    let by_header = anna.request(Method::POST, "/customers").header("x-csrf-token", &own);
    anna.send(by_header.form(&[("name", "Acme")])).expect(303);
    anna.post("/customers", &[("name", "Beta")]).expect(303);
}

#[test]
fn a_form_that_another_site_sends_changes_nothing() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let csrf = anna.csrf();
    let own = server.address().to_owned();
    let send = |name: &str, value: &str| {
        let form = anna.request(Method::POST, "/customers").header(name, value);
        anna.send(form.form(&[("csrf", csrf.as_str()), ("name", value)])).status
    };
    for site in ["cross-site", "same-site", "nonsense"] {
        assert_eq!(send("sec-fetch-site", site), 403, "{site}");
    }
    let port = server.socket().split(':').nth(1).unwrap();
    for origin in [
        "null",
        "https://elsewhere.example",
        "http://127.0.0.1",
        &format!("http://localhost:{port}"),
        &format!("http://127.0.0.1:{port}.elsewhere.example"),
        &format!("{own}@elsewhere.example"),
    ] {
        assert_eq!(send("origin", origin), 403, "{origin}");
    }
    assert_eq!(send("sec-fetch-site", "same-origin"), 303);
    assert_eq!(send("sec-fetch-site", "none"), 303);
    assert_eq!(send("origin", &own), 303);
    // The sign-in too: else others could sign a browser in as themselves.
    let visitor = server.visitor();
    let form = [("name", "anna"), ("password", crate::server::PASSWORD)];
    let foreign = visitor.request(Method::POST, "/sign-in").header("origin", "https://elsewhere.example");
    visitor.send(foreign.form(&form)).expect(403);
}

#[test]
fn a_body_that_is_no_form_is_refused() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let csrf = anna.csrf();
    let send = |kind: &str, body: String| {
        let request = anna.request(Method::POST, "/customers").header("content-type", kind);
        anna.send(request.body(body)).status
    };
    assert_eq!(send("text/plain", format!("csrf={csrf}&name=Acme")), 415);
    assert_eq!(send("application/json", format!("{{\"csrf\":\"{csrf}\",\"name\":\"Acme\"}}")), 415);
    assert_eq!(send("multipart/form-data; boundary=x", "--x--".to_owned()), 415);
    let long = format!("csrf={csrf}&name={}", "x".repeat(3 << 20));
    assert_eq!(send("application/x-www-form-urlencoded", long), 413);
    let bytes = format!("csrf={csrf}&name=%FF%FE");
    assert!(send("application/x-www-form-urlencoded", bytes) < 500);
    let kind = "application/x-www-form-urlencoded; charset=UTF-8";
    assert_eq!(send(kind, format!("csrf={csrf}&name=Acme")), 303);
}

#[test]
fn nothing_changes_on_get() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let csrf = anna.csrf();
    for path in ["/sign-out", "/theme", "/dismiss", "/customer/archive", "/customer/rename"] {
        let answer = anna.get(&format!("{path}?csrf={csrf}&id=acme&theme=dark&name=x")).expect(405);
        assert_eq!(answer.header("allow"), Some("POST"), "{path}");
    }
    anna.get("/").expect(200);
}

#[test]
fn the_theme_is_kept_in_the_account() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    assert!(!anna.get("/").text().contains("data-theme"));
    let to = anna.post("/theme", &[("theme", "dark"), ("next", "/customers?period=2026-10")]).expect(303);
    assert_eq!(to.location(), "/customers?period=2026-10");
    assert!(anna.follow(&to).text().contains("<html lang=\"en\" data-theme=\"dark\">"));
    assert!(server.sign_in("anna").get("/").text().contains("data-theme=\"dark\""));
    assert!(!server.sign_in("otto").get("/").text().contains("data-theme"));
    anna.post("/theme", &[("theme", "purple")]).expect(400);
    anna.post("/theme", &[]).expect(400);
    assert_eq!(anna.post("/theme", &[("theme", "light"), ("next", "//x")]).expect(303).location(), "/");
    assert!(anna.get("/").text().contains("data-theme=\"light\""));
    anna.post("/theme", &[("theme", "system")]).expect(303);
    assert!(!anna.get("/").text().contains("data-theme"));
}

#[test]
fn a_notice_stays_until_it_is_closed() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let done = anna.post("/customers", &[("name", "Acme")]).expect(303);
    let notice = "Acme is a customer now.";
    assert!(anna.follow(&done).text().contains(notice));
    assert!(anna.get("/customers").text().contains(notice), "a reload does not lose it");
    assert!(!anna.get("/").text().contains(notice), "it belongs to its page");
    assert!(!server.sign_in("anna").get("/customers").text().contains(notice), "and to its session");
    anna.post("/dismiss", &[("next", "/customers")]).expect(303);
    assert!(!anna.get("/customers").text().contains(notice));
}

#[test]
fn a_form_that_is_refused_comes_back_filled_in() {
    let server = Server::new();
    server.house.customer("Acme");
    let anna = server.sign_in("anna");
    let page = anna.post("/customers", &[("name", "ACME"), ("external_id", "<4711>")]).expect(409).text();
    assert!(page.contains("<title>Error: Customers") && page.contains("value=\"ACME\""), "{page}");
    assert!(page.contains("value=\"&#60;4711&#62;\""), "{page}");
    let empty = anna.post("/customers", &[("name", " ")]).expect(400).text();
    assert!(empty.contains("<title>Error: Customers") && empty.contains("href=\"#name\""), "{empty}");
}

#[test]
fn a_form_that_comes_without_a_session_is_kept_and_offered_behind_the_sign_in() {
    let server = Server::new();
    let mut visitor = server.visitor();
    let sent = [("csrf", "of a session that ended"), ("name", "Acme & Söhne"), ("external_id", "T-1")];
    let asked = visitor.post_bare("/customers?period=2026-10", &sent).expect(401);
    let (to, kept) = (asked.field("resend_to").unwrap(), asked.field("resend").unwrap());
    assert_eq!(to, "/customers?period=2026-10");
    let carried = [("resend_to", to.as_str()), ("resend", kept.as_str()), ("next", "/")];
    let sign_in =
        |password: &'static str| [&[("name", "anna"), ("password", password)][..], &carried].concat();
    // A wrong password loses nothing either.
    let again = visitor.post_bare("/sign-in", &sign_in("wrong")).expect(401);
    assert_eq!(again.field("resend").as_deref(), Some(kept.as_str()));
    let offered = visitor.post_bare("/sign-in", &sign_in(crate::server::PASSWORD)).expect(200);
    assert!(offered.text().contains("Acme &#38; Söhne"), "{}", offered.text());
    visitor.take_cookie(&offered);
    assert!(!visitor.get("/customers").text().contains("Söhne"), "nothing is sent by itself");
    let fields = [
        ("csrf", offered.field("csrf").unwrap()),
        ("name", offered.field("name").unwrap()),
        ("external_id", offered.field("external_id").unwrap()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    visitor.post_bare(&to, &fields).expect(303);
    assert!(visitor.get("/customers").text().contains("Acme &#38; Söhne"));
}

#[test]
fn only_a_form_of_ours_is_offered_again() {
    let server = Server::new();
    let (anna, visitor) = (server.sign_in("anna"), server.visitor());
    let old = [("csrf", "of the session before"), ("name", "Acme")];
    let send = |site: &str| {
        let form = anna.request(Method::POST, "/customers").header("sec-fetch-site", site);
        anna.send(form.form(&old)).expect(403).text().contains("Send it again")
    };
    assert!(send("same-origin"));
    assert!(!send("cross-site"));
    assert!(!send("none"));
    assert!(!anna.get("/customers").text().contains("Acme"));
    let foreign = visitor.request(Method::POST, "/customers").header("origin", "https://elsewhere.example");
    assert!(!visitor.send(foreign.form(&old)).expect(403).text().contains("resend"));
    // What a sign-in carries on is a form of a page, and nothing else.
    for to in [
        "/sign-out-of-nowhere",
        "https://elsewhere.example/",
        "//elsewhere.example",
        "/root/tokens/clients",
        "/uploads",
    ] {
        let carried =
            [("name", "anna"), ("password", crate::server::PASSWORD), ("resend_to", to), ("resend", "a=1")];
        visitor.post_bare("/sign-in", &carried).expect(303);
    }
}
