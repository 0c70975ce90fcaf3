//! The table of routes: every row with everyone who might ask.

use std::collections::BTreeSet;

use reqwest::Method;
use reqwest::blocking::RequestBuilder;
use seatledger::domain::account::{Role, Scope};
use seatledger::web::routes::{Access, ROUTES, Route};

use crate::client::{Answer, Api, Visitor};
use crate::server::Server;

/// Who asks.
enum Asker {
    Nobody,
    Account(Role, Visitor),
    Client(Scope, Api),
    /// A distributor's own, which has the scope `read`.
    Owned(Api),
    /// With a token that lets nobody in: what is wrong with it.
    Shut(&'static str, Api),
}

const NAMES: [(&str, Role); 4] =
    [("anna", Role::Admin), ("otto", Role::Operator), ("vera", Role::Viewer), ("dirk", Role::Distributor)];
const SCOPES: [Scope; 4] = [Scope::Upload, Scope::Read, Scope::Write, Scope::Admin];

fn askers(server: &mut Server) -> Vec<Asker> {
    let expired = server.token(&["read", "write", "upload", "admin"]);
    server.restart_at("2026-10-20T13:00:00Z");
    let mut all = vec![Asker::Nobody];
    all.extend(NAMES.map(|(name, role)| Asker::Account(role, server.sign_in(name))));
    all.extend(SCOPES.map(|scope| Asker::Client(scope, server.api(&[scope.as_str()]))));
    all.push(Asker::Owned(server.api_with(Some(&token_of_a_distributor(server)))));
    let (id, secret) = server.client(&["read", "write", "upload", "admin"]);
    let revoked = server.token_of(&id, &secret);
    server.house.run(["client", "revoke", &id]).done();
    for (what, token) in [
        ("expired", expired.as_str()),
        ("revoked", &revoked),
        ("unknown", "x"),
        ("malformed", "a b=,c"),
        ("of a session", ""),
    ] {
        all.push(Asker::Shut(what, server.api_with(Some(token))));
    }
    all
}

/// Of a client that dirk makes on his page.
fn token_of_a_distributor(server: &Server) -> String {
    let dirk = server.sign_in("dirk");
    let once = dirk.get("/api-access").field("once").unwrap();
    let made = dirk
        .post("/api-access", &[("once", &once), ("name", "script"), ("scope", "read")])
        .expect(201)
        .text();
    let code = |label: &str| {
        let (_, behind) = made.split_once(&format!("<dt>{label}</dt><dd><code>")).unwrap();
        behind.split('<').next().unwrap().to_owned()
    };
    server.token_of(&code("Client id"), &code("Secret"))
}

/// The address of a row, with something in place of its placeholders.
fn address(route: &Route) -> String {
    let parts = route.path.split('/').map(|part| if part.starts_with('{') { "x" } else { part });
    parts.collect::<Vec<_>>().join("/")
}

fn ask(server: &Server, route: &Route, asker: &Asker) -> Answer {
    let method = Method::from_bytes(route.method.as_str().as_bytes()).unwrap();
    let address = address(route);
    let nobody = server.visitor();
    let request: RequestBuilder = match asker {
        Asker::Nobody => nobody.request(method, &address),
        Asker::Account(_, visitor) => {
            let request = visitor.request(method, &address);
            if route.method == "GET" { request } else { request.header("x-csrf-token", visitor.csrf()) }
        }
        Asker::Client(_, api) | Asker::Owned(api) | Asker::Shut(_, api) => api.request(method, &address),
    };
    nobody.send(request)
}

fn may(route: &Route, asker: &Asker) -> bool {
    match (route.access, asker) {
        (Access::Everyone, _) => true,
        (Access::Roles(roles), Asker::Account(role, _)) => roles.contains(role),
        (Access::Reader, Asker::Account(..) | Asker::Client(..) | Asker::Owned(_)) => true,
        (Access::Scope(scope), Asker::Owned(_)) => scope == Scope::Read,
        (Access::Scope(scope) | Access::Inside(scope), Asker::Client(own, _)) => *own == scope,
        _ => false,
    }
}

#[test]
fn every_row_lets_in_whom_it_names_and_nobody_else() {
    let mut server = Server::new();
    let mut askers = askers(&mut server);
    for route in ROUTES {
        for asker in &mut askers {
            // What comes in before: the sign-out ends a session, the sign-in pages need none.
            if let Asker::Account(role, visitor) = asker
                && visitor.get("/").status != 200
            {
                let (name, _) = NAMES.iter().find(|(_, own)| own == role).unwrap();
                *visitor = server.sign_in(name);
            }
            let answer = ask(&server, route, asker);
            let who = match asker {
                Asker::Nobody => "nobody".to_owned(),
                Asker::Account(role, _) => role.to_string(),
                Asker::Client(scope, _) => format!("a token with {scope}"),
                Asker::Owned(_) => "a token of a distributor".to_owned(),
                Asker::Shut(what, _) => format!("a token that is {what}"),
            };
            let told =
                format!("{} {} by {who}: {} {}", route.method, route.path, answer.status, answer.text());
            if may(route, asker) {
                // The sign-in and the token endpoints answer 401 to credentials that are wrong.
                let is_door = matches!(route.path, "/sign-in" | "/root/tokens/clients");
                let is_held = [401, 403].contains(&answer.status) && !is_door;
                assert!(!is_held && answer.status != 405 && (answer.status < 500), "{told}");
                continue;
            }
            let is_account = matches!(asker, Asker::Account(..)) && matches!(route.access, Access::Roles(_));
            let is_client = matches!(asker, Asker::Client(..) | Asker::Owned(_))
                && matches!(route.access, Access::Scope(_) | Access::Inside(_));
            match answer.status {
                403 => assert!(is_account || is_client, "{told}"),
                401 => assert!(!is_account && !is_client, "{told}"),
                303 => {
                    assert!(!is_account && !route.is_api(), "{told}");
                    assert!(answer.location().starts_with("/sign-in"), "{told}");
                }
                _ => panic!("{told}"),
            }
            if route.is_api() {
                let code = if answer.status == 401 { "SEAT-K20" } else { "SEAT-K21" };
                if answer.status == 401 {
                    assert!(answer.header("www-authenticate").is_some_and(|how| how.starts_with("Bearer")));
                }
                answer.problem(if code == "SEAT-K20" { 401 } else { 403 }, code);
            } else if answer.status == 403 {
                assert!(answer.text().contains("SEAT-K21"), "{told}");
            }
        }
    }
}

#[test]
fn other_methods_are_answered_with_those_that_are_allowed() {
    let server = Server::new();
    let (anna, api) = (server.sign_in("anna"), server.api(&["read", "write", "upload", "admin"]));
    let paths: BTreeSet<&str> = ROUTES.iter().map(|route| route.path).collect();
    for path in paths {
        let rows: Vec<&Route> = ROUTES.iter().filter(|route| route.path == path).collect();
        let mut allowed: BTreeSet<&str> = rows.iter().map(|route| route.method.as_str()).collect();
        if allowed.contains("GET") {
            allowed.insert("HEAD");
        }
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
            if allowed.contains(method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = anna.send(anna.request(method.clone(), &address(rows[0]))).expect(405);
            let told: BTreeSet<&str> = answer.header("allow").unwrap().split(", ").collect();
            assert_eq!(told, allowed, "{method} {path}");
            if rows[0].is_api() {
                api.send(api.request(method, &address(rows[0]))).problem(405, "SEAT-C09");
            }
        }
    }
}

/// Every path that the description names is a row with the same scope, and every described row stands in it.
#[test]
fn the_description_lists_exactly_the_described_rows() {
    let server = Server::new();
    let described = server.api(&["read"]).get("/api/v1/openapi.json").expect(200).json();
    assert_eq!(described["openapi"], "3.1.0");
    let mut listed = BTreeSet::new();
    for (path, operations) in described["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let scope = operation["security"][0]["bearer"][0].as_str().unwrap_or_default();
            listed.insert((path.clone(), method.to_uppercase(), scope.to_owned()));
            let parts = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
            for part in parts {
                let named = operation["parameters"].as_array().unwrap();
                let is_told = named.iter().any(|one| one["name"] == part && one["in"] == "path");
                assert!(is_told, "{method} {path} does not describe {part}");
            }
        }
    }
    let rows = ROUTES.iter().filter(|route| route.described.is_some()).map(|route| {
        let (Access::Scope(scope) | Access::Inside(scope)) = route.access else {
            panic!("{} is described and has no scope", route.path)
        };
        (route.path.to_owned(), route.method.to_string(), scope.as_str().to_owned())
    });
    assert_eq!(listed, rows.collect());
    let undescribed: Vec<&str> = ROUTES
        .iter()
        .filter(|route| route.path.starts_with("/api/v1/") && route.described.is_none())
        .map(|route| route.path)
        .filter(|path| *path != "/api/v1/openapi.json")
        .collect();
    assert_eq!(undescribed, Vec::<&str>::new(), "calls without a description");
    references(&described, &described);
}

/// Every `$ref` leads to a schema that is there.
fn references(whole: &serde_json::Value, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(fields) => {
            if let Some(to) = fields.get("$ref").and_then(|to| to.as_str()) {
                assert!(whole.pointer(to.trim_start_matches('#')).is_some(), "{to} leads nowhere");
            }
            fields.values().for_each(|value| references(whole, value));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| references(whole, value)),
        _ => {}
    }
}

#[test]
fn no_two_rows_are_the_same() {
    let mut seen = BTreeSet::new();
    for route in ROUTES {
        assert!(seen.insert((route.path, route.method.as_str())), "{} {} twice", route.method, route.path);
    }
}
