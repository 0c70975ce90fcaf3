//! Signing in and out: one text for every failure, a delay that grows, sessions that end.

use crate::server::{PASSWORD, Server};

const NEUTRAL: &str = "Name and password do not match an active account.";

#[test]
fn every_failure_reads_the_same() {
    let server = Server::new();
    crate::server::account(&server.house, "dora", "viewer");
    server.house.run(["account", "disable", "dora"]).done();
    let shown = |name: &str, password: &str| {
        let answer = server.visitor().sign_in(name, password).expect(401);
        assert_eq!(answer.header("set-cookie"), None);
        let text = answer.text();
        assert!(text.contains(NEUTRAL) && text.contains("<title>Error: Sign in"), "{text}");
        text.replace(&format!("value=\"{name}\""), "value=\"…\"")
    };
    let wrong = shown("anna", "another violin 17 thaw");
    for (name, password) in [
        ("nobody", PASSWORD),
        ("dora", PASSWORD),
        ("", PASSWORD),
        ("anna", ""),
        ("vera", &format!(" {PASSWORD}")),
        ("otto", &PASSWORD.to_uppercase()),
        ("\"><script>", "x"),
    ] {
        let text = shown(name, password);
        let text = text.replace("value=\"&#34;&#62;&#60;script&#62;\"", "value=\"…\"");
        assert_eq!(text, wrong, "{name} {password}");
    }
}

#[test]
fn a_name_is_found_in_any_case() {
    let server = Server::new();
    server.visitor().sign_in("ANNA", PASSWORD).expect(303);
}

#[test]
fn the_delay_grows_is_said_in_words_and_is_the_same_for_names_that_no_account_has() {
    let mut server = Server::new();
    let told = |server: &Server, name: &str, password: &str| {
        let answer = server.visitor().sign_in(name, password);
        let text = answer.text();
        let after = text.split("The next try is answered after ").nth(1);
        let words = after.map(|rest| rest.split('.').next().unwrap().to_owned());
        (answer.status, answer.header("retry-after").map(str::to_owned), words)
    };
    for name in ["anna", "nobody"] {
        for _ in 0..3 {
            assert_eq!(told(&server, name, "wrong"), (401, None, None));
        }
        assert_eq!(told(&server, name, "wrong"), (401, None, Some("2 seconds".to_owned())), "{name}");
        for password in ["wrong", PASSWORD] {
            let held = (429, Some("2".to_owned()), Some("2 seconds".to_owned()));
            assert_eq!(told(&server, name, password), held, "{name}: not even the right one is looked at");
        }
    }
    assert_eq!(told(&server, "otto", PASSWORD).0, 303, "others are not held up");
    server.restart_at("2026-10-20T12:00:01Z");
    assert_eq!(told(&server, "anna", "wrong"), (429, Some("1".into()), Some("1 second".into())));
    server.restart_at("2026-10-20T12:00:02Z");
    assert_eq!(
        told(&server, "anna", "wrong"),
        (401, None, Some("4 seconds".into())),
        "a restart does not forget"
    );
    server.restart_at("2026-10-20T12:00:06Z");
    assert_eq!(told(&server, "anna", PASSWORD).0, 303);
    assert_eq!(told(&server, "anna", "wrong"), (401, None, None), "success forgets");
}

#[test]
fn one_address_that_fails_with_many_names_is_slowed() {
    let server = Server::new();
    let mut tries = 0;
    while server.visitor().sign_in(&format!("name{tries}"), "x").status == 401 {
        tries += 1;
        assert!(tries < 40);
    }
    assert!(tries >= 20, "an office behind one address is not locked out at once: {tries}");
    let told = server.visitor().sign_in("anna", PASSWORD).expect(429);
    assert!(told.header("retry-after").is_some());
}

#[test]
fn the_cookie_of_a_session_is_for_this_site_alone_and_out_of_reach_of_scripts() {
    let server = Server::new();
    let set = server.visitor().sign_in("anna", PASSWORD).expect(303);
    let cookie = set.header("set-cookie").unwrap();
    let mut parts = cookie.split("; ");
    let (name, value) = parts.next().unwrap().split_once('=').unwrap();
    assert_eq!((name, value.len()), ("seatledger", 43), "256 bits");
    let mut flags: Vec<_> = parts.collect();
    flags.sort_unstable();
    assert_eq!(flags, ["HttpOnly", "Path=/", "SameSite=Strict"]);
}

#[test]
fn each_sign_in_has_a_session_of_its_own_and_ends_the_one_before_in_that_browser() {
    let server = Server::new();
    let mut browser = server.sign_in("anna");
    let (first, token) = (browser.cookie.clone(), browser.csrf());
    browser.sign_in("anna", PASSWORD).expect(303);
    assert_ne!(browser.cookie, first);
    assert_ne!(browser.csrf(), token);
    let mut old = server.visitor();
    old.cookie = first;
    assert_eq!(old.get("/").expect(303).location(), "/sign-in", "the first one ended");
    // A value that was planted is not taken up.
    let mut planted = server.visitor();
    planted.cookie = Some("seatledger=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned());
    planted.sign_in("otto", PASSWORD).expect(303);
    assert!(!planted.cookie.unwrap().contains("AAAAAA"));
}

#[test]
fn signing_out_ends_the_session_on_the_server_too() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let elsewhere = server.sign_in("anna");
    let out = anna.post("/sign-out", &[]).expect(303);
    assert_eq!(out.location(), "/sign-in");
    let cleared = out.header("set-cookie").unwrap();
    assert!(cleared.starts_with("seatledger=;") && cleared.contains("Max-Age=0"), "{cleared}");
    assert_eq!(anna.get("/").expect(303).location(), "/sign-in", "the cookie is worth nothing any more");
    elsewhere.get("/").expect(200);
}

#[test]
fn disabling_and_a_new_password_end_the_sessions_of_an_account() {
    let server = Server::new();
    let (otto, vera) = (server.sign_in("otto"), server.sign_in("vera"));
    server.house.run(["account", "disable", "otto"]).done();
    assert_eq!(otto.get("/").expect(303).location(), "/sign-in");
    server.house.run(["account", "enable", "otto"]).done();
    otto.get("/").expect(303);
    server
        .house
        .run_with(&["account", "passwd", "vera", "--password-stdin"], "another violin 17 thaw")
        .done();
    vera.get("/").expect(303);
    server.visitor().sign_in("vera", PASSWORD).expect(401);
    server.visitor().sign_in("vera", "another violin 17 thaw").expect(303);
}

#[test]
fn a_change_of_role_holds_from_the_next_click_on() {
    let server = Server::new();
    let otto = server.sign_in("otto");
    otto.post("/customers", &[("name", "Acme")]).expect(303);
    server.house.run(["account", "role", "otto", "--role", "viewer"]).done();
    otto.post("/customers", &[("name", "Beta")]).expect(403);
    otto.get("/customers").expect(200);
}

#[test]
fn a_session_ends_after_twelve_hours_and_after_eight_without_a_click() {
    let mut server = Server::new();
    let (mut idle, mut busy) = (server.sign_in("anna"), server.sign_in("otto"));
    let visit = |server: &Server, visitor: &mut crate::client::Visitor| {
        let mut same = server.visitor();
        same.cookie = visitor.cookie.clone();
        let status = same.get("/").status;
        *visitor = same;
        status
    };
    server.restart_at("2026-10-20T19:59:59Z");
    assert_eq!(visit(&server, &mut busy), 200);
    server.house.at("2026-10-20T20:00:00Z");
    server.restart_at("2026-10-20T20:00:00Z");
    assert_eq!(visit(&server, &mut idle), 303, "idle for eight hours");
    assert_eq!(visit(&server, &mut busy), 200);
    server.restart_at("2026-10-20T23:59:59Z");
    assert_eq!(visit(&server, &mut busy), 200);
    server.restart_at("2026-10-21T00:00:00Z");
    assert_eq!(visit(&server, &mut busy), 303, "twelve hours old");
}

#[test]
fn whoever_is_led_to_the_sign_in_comes_back_to_the_page_and_never_elsewhere() {
    let server = Server::new();
    let mut visitor = server.visitor();
    let led = visitor.get("/customer?id=a%26b&period=2026-10").expect(303);
    assert_eq!(led.location(), "/sign-in?next=%2Fcustomer%3Fid%3Da%2526b%26period%3D2026-10");
    let page = visitor.follow(&led).expect(200).text();
    assert!(page.contains("name=\"next\" value=\"/customer?id=a%26b&#38;period=2026-10\""), "{page}");
    let to = |next: &str| {
        let fields = [("name", "anna"), ("password", PASSWORD), ("next", next)];
        server.visitor().post_bare("/sign-in", &fields).expect(303).location().to_owned()
    };
    assert_eq!(to("/customer?id=a%26b&period=2026-10"), "/customer?id=a%26b&period=2026-10");
    for hostile in [
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "///elsewhere.example/",
        "/\\elsewhere.example/",
        "\\\\elsewhere.example",
        "/\t/elsewhere.example",
        "/a\r\nset-cookie: x=y",
        "javascript:alert(1)",
        "elsewhere.example",
        "",
        "/ünï\u{202e}",
        "/ ",
    ] {
        let led = to(hostile);
        assert_eq!(led, "/", "{hostile:?}");
    }
    visitor.sign_in("anna", PASSWORD).expect(303);
    assert_eq!(visitor.get("/sign-in?next=//elsewhere.example").expect(303).location(), "/");
    assert_eq!(visitor.get("/sign-in?next=/customers").expect(303).location(), "/customers");
}
