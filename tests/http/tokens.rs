//! Tokens: both endpoints in the shapes that scripts of the hosted product expect, and what a token opens.

use reqwest::Method;
use serde_json::json;

use crate::client::Answer;
use crate::server::Server;

const READ: &[&str] = &["read"];

fn old(server: &Server, body: &str) -> Answer {
    let nobody = server.visitor();
    let request =
        nobody.request(Method::POST, "/root/tokens/clients").header("content-type", "application/json");
    nobody.send(request.body(body.to_owned()))
}

fn new(server: &Server, customer: &str, fields: &[(&str, &str)]) -> Answer {
    server.visitor().post_bare(&format!("/cctrustoauth2/{customer}/tokens/clients"), fields)
}

fn credentials<'a>(id: &'a str, secret: &'a str) -> [(&'a str, &'a str); 3] {
    [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)]
}

#[test]
fn the_old_endpoint_answers_a_token_and_nothing_else() {
    let server = Server::new();
    let (id, secret) = server.client(READ);
    let answer = old(&server, &json!({ "ClientId": id, "ClientSecret": secret }).to_string()).expect(200);
    let fields: Vec<String> = answer.json().as_object().unwrap().keys().cloned().collect();
    assert_eq!(fields, ["token"]);
    let token = answer.json()["token"].as_str().unwrap().to_owned();
    server.api_with(Some(&token)).get("/api/v1/customers").expect(200);
    for (id, secret) in
        [(id.as_str(), "wrong"), ("k-000000000000", &secret), (&id, ""), ("", ""), (&secret, &id)]
    {
        let wrong = old(&server, &json!({ "ClientId": id, "ClientSecret": secret }).to_string());
        wrong.problem(401, "SEAT-K24");
    }
    for body in [
        "",
        "{",
        "[]",
        "null",
        "{}",
        r#"{"ClientId":1,"ClientSecret":2}"#,
        r#"{"ClientId":"a"}"#,
        "\u{feff}{}",
    ] {
        old(&server, body).problem(400, "SEAT-C07");
    }
    old(&server, &"x".repeat(100_000)).problem(413, "SEAT-C08");
}

#[test]
fn the_new_endpoint_answers_as_oauth_says_with_its_lifetime_as_text() {
    let server = Server::new();
    server.house.run(["setting", "set", "organization_id", "northwind"]).done();
    let (id, secret) = server.client(READ);
    for customer in ["root", "northwind"] {
        let answer = new(&server, customer, &credentials(&id, &secret)).expect(200);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let answer = answer.json();
        let token = answer["access_token"].as_str().unwrap();
        assert_eq!(answer, json!({ "token_type": "bearer", "access_token": token, "expires_in": "3600" }));
        server.api_with(Some(token)).get("/api/v1/customers").expect(200);
    }
    let invalid = json!({
        "error": "invalid_client", "error_description": "Invalid client id or client secret.",
    });
    for (id, secret) in [(id.as_str(), "wrong"), ("k-000000000000", &secret), (&id, ""), ("", "")] {
        assert_eq!(new(&server, "root", &credentials(id, secret)).expect(400).json(), invalid);
    }
    let error = |customer: &str, fields: &[(&str, &str)]| {
        new(&server, customer, fields).expect(400).json()["error"].as_str().unwrap().to_owned()
    };
    assert_eq!(error("root", &[]), "unsupported_grant_type");
    assert_eq!(error("root", &[("grant_type", "password")]), "unsupported_grant_type");
    assert_eq!(error("other", &credentials(&id, &secret)), "invalid_request");
    assert_eq!(error("root", &credentials(&id, &secret)[..2]), "invalid_client");
}

#[test]
fn both_kinds_of_token_work_in_both_headers_in_any_case() {
    let server = Server::new();
    let (id, secret) = server.client(READ);
    let first = server.token_of(&id, &secret);
    let second =
        new(&server, "root", &credentials(&id, &secret)).json()["access_token"].as_str().unwrap().to_owned();
    let nobody = server.visitor();
    let with = |value: String| {
        let request = nobody.request(Method::GET, "/api/v1/customers").header("authorization", value);
        // Scripts send both on a GET; neither matters here.
        nobody
            .send(request.header("content-type", "application/json").header("citrix-customerid", "csp"))
            .status
    };
    for token in [first, second] {
        for scheme in
            ["Bearer ", "bearer ", "BEARER ", "CwsAuth bearer=", "cwsauth Bearer=", "CWSAUTH BEARER="]
        {
            assert_eq!(with(format!("{scheme}{token}")), 200, "{scheme}");
        }
        for scheme in ["", "Basic ", "CwsAuth ", "CwsAuth token=", "Bearer bearer="] {
            assert_eq!(with(format!("{scheme}{token}")), 401, "{scheme}");
        }
        assert_eq!(with(format!("Bearer {}", token.to_lowercase())), 401);
        assert_eq!(with(format!("Bearer {token}x")), 401);
    }
}

#[test]
fn a_token_holds_for_an_hour_and_not_beyond_its_client() {
    let mut server = Server::new();
    let (id, secret) = server.client(READ);
    let token = server.token_of(&id, &secret);
    let get = |server: &Server| server.api_with(Some(&token)).get("/api/v1/customers");
    server.restart_at("2026-10-20T12:59:59Z");
    get(&server).expect(200);
    server.restart_at("2026-10-20T13:00:00Z");
    let problem = get(&server).problem(401, "SEAT-K20");
    assert!(problem["detail"].as_str().unwrap().contains("expired"), "{problem}");
    let token = server.token_of(&id, &secret);
    let api = server.api_with(Some(&token));
    api.get("/api/v1/customers").expect(200);
    server.house.run(["client", "revoke", &id]).done();
    api.get("/api/v1/customers").problem(401, "SEAT-K20");
    old(&server, &json!({ "ClientId": id, "ClientSecret": secret }).to_string()).problem(401, "SEAT-K24");
    new(&server, "root", &credentials(&id, &secret)).expect(400);
}

#[test]
fn guessing_secrets_is_slowed_and_then_answered_with_a_pause() {
    let server = Server::new();
    let (id, secret) = server.client(READ);
    let right = json!({ "ClientId": id, "ClientSecret": secret }).to_string();
    let wrong = json!({ "ClientId": id, "ClientSecret": "guess" }).to_string();
    let token = server.token_of(&id, &secret);
    let mut tries = 0;
    while old(&server, &wrong).status == 401 {
        tries += 1;
        assert!(tries < 40, "no delay after {tries}");
    }
    let held = old(&server, &right);
    assert!(held.header("retry-after").unwrap().parse::<u32>().unwrap() > 0);
    held.problem(429, "SEAT-K23");
    server.api_with(Some(&token)).get("/api/v1/customers").expect(200);
}

#[test]
fn a_session_is_no_token_and_a_token_no_session() {
    let server = Server::new();
    server.sign_in("anna").get("/api/v1/customers").problem(401, "SEAT-K20");
    let api = server.api(&["read", "write", "upload", "admin"]);
    assert!(api.get("/customers").expect(303).location().starts_with("/sign-in"));
    api.post_json("/customers", &json!({ "name": "Acme" })).expect(401);
}
