//! The pages that there are, by the table of routes, and what stands for their parameters.

use seatledger::web::routes::{Access, ROUTES};

use crate::client::Visitor;
use crate::server::Server;
use crate::support::worked_example::{OCTOBER, tag, uploads};
use crate::support::{House, Server as Source, guid};

/// For each page what is asked of it. A page that is not here is found missing.
fn fixtures(server: &Server) -> Vec<(&'static str, Vec<String>)> {
    let upload =
        server.house.run(["sql", "SELECT min(id) FROM v1_upload WHERE status = 'accepted'"]).done().out;
    let rejected =
        server.house.run(["sql", "SELECT min(id) FROM v1_upload WHERE status = 'rejected'"]).done().out;
    let one = |query: &str| vec![query.to_owned()];
    vec![
        ("/", vec![String::new(), "product=networking".to_owned(), "period=2026-07".to_owned()]),
        ("/usage", vec![String::new(), "product=networking".to_owned()]),
        ("/periods", one("")),
        (
            "/statement",
            vec!["customer=acme".to_owned(), String::new(), "period=2026-09&customer=acme".to_owned()],
        ),
        ("/exports", vec![String::new(), "page=2".to_owned()]),
        ("/customers", one("")),
        ("/customer", one("id=acme")),
        (
            "/history",
            ["", "split=source", "split=product&customer=acme", "from=2019-01&to=2026-10"]
                .map(str::to_owned)
                .to_vec(),
        ),
        ("/users", vec![String::new(), "linked=false".to_owned(), "q=nobody".to_owned()]),
        ("/user", one("id=corp%5Canna")),
        ("/names", vec![String::new(), "period=2026-08".to_owned()]),
        ("/changes", one("")),
        ("/search", vec![String::new(), "q=corp".to_owned(), "q=nothing-at-all".to_owned()]),
        ("/servers", one("")),
        ("/server", one(&format!("id={}", guid("LIC01")))),
        ("/sites", one("")),
        ("/site", one(&format!("id={}", guid("Nord")))),
        ("/netscaler", one("product=networking")),
        ("/period", ["2026-10", "2026-09", "2026-08"].map(|month| format!("period={month}")).to_vec()),
        ("/uploads", vec![String::new(), "q=nothing-at-all".to_owned()]),
        ("/upload", vec![format!("id={}", upload.trim()), format!("id={}", rejected.trim())]),
        ("/api-access", one("")),
        ("/api/docs", vec![String::new(), "of=periods".to_owned(), "of=usage".to_owned()]),
    ]
}

/// Answers that are files, not pages.
const FILES: &[&str] =
    &["/static/{file}", "/favicon.ico", "/exports/download", "/upload/content", "/api/v1/openapi.json"];
/// Pages before the sign-in, which are visited without one.
pub const GATE: &[&str] = &["/sign-in", "/first-run"];

/// Addresses of all pages behind the sign-in, with a short name each.
pub fn addresses(server: &Server) -> Vec<(String, String)> {
    let fixtures = fixtures(server);
    let mut found = Vec::new();
    for route in ROUTES.iter().filter(|route| {
        route.method == "GET" && !matches!(route.access, Access::Scope(_) | Access::Inside(_))
    }) {
        if route.is_api() && route.path != "/api/docs"
            || FILES.contains(&route.path)
            || GATE.contains(&route.path)
        {
            continue;
        }
        let queries = fixtures.iter().find(|(path, _)| *path == route.path);
        let (_, queries) =
            queries.unwrap_or_else(|| panic!("{} has no fixture in tests/browser/pages.rs", route.path));
        for (number, query) in queries.iter().enumerate() {
            let name = route.path.trim_matches('/').replace('/', "-");
            let name = if name.is_empty() { "overview".to_owned() } else { name };
            let name = if number == 0 { name } else { format!("{name}-{}", number + 1) };
            let address =
                if query.is_empty() { route.path.to_owned() } else { format!("{}?{query}", route.path) };
            found.push((name, address));
        }
    }
    found
}

/// Whether there is a page at this path.
pub fn has(path: &str) -> bool {
    ROUTES.iter().any(|route| route.path == path && route.method == "GET")
}

/// The worked example, tagged, and one file that is nothing; August closed with late usage, September over and open.
pub fn furnish(server: &Server) {
    let api = server.api(&["upload"]);
    for upload in uploads() {
        api.upload(&upload.name, &upload.bytes).expect(201);
    }
    api.upload("holiday.jpg", b"no upload").expect(422);
    tag(&server.house);
    let (august, september) = ("2026-08", "2026-09");
    let source = Source::new("LIC01", "2026-10-14T03:00:00Z");
    let source = source.saw(august, &["CORP\\anna", "CORP\\ben"]).saw(september, &["CORP\\anna"]);
    api.upload("history.zip", &source.upload().bytes).expect(201);
    server.house.run(["period", "close", august]).done();
    let late = Source::new("LIC02", "2026-10-14T04:00:00Z").saw(august, &["CORP\\zoe"]);
    api.upload("late.zip", &late.upload().bytes).expect(201);
    server.house.customer("Idle");
    server.house.run(["customer", "archive", "idle"]).done();
    names(&server.house);
    assert_eq!(server.house.usage(OCTOBER).len(), 3);
    let dirk = server.sign_in("dirk");
    dirk.post("/exports/download", &[("report", "history"), ("period", OCTOBER), ("customer", "none")])
        .expect(200);
}

/// Names that may be one user, a bare one on two sources, a scrambled one, and an alias.
fn names(house: &House) {
    let scrambled = seatledger::domain::user_key::scramble("somebody");
    let now = "2026-10-19T03:00:00Z";
    house.import(&Source::new("LIC08", now).saw(OCTOBER, &["anna@corp.example", "zoe", &scrambled]).upload());
    house.import(&Source::new("LIC09", now).saw(OCTOBER, &["zoe", "CORP\\zora"]).upload());
    house.run(["alias", "add", "corp\\zora", "--of", "zora@csp.example", "--period", OCTOBER]).done();
}

/// Gives the browser the session of a visitor.
pub fn hand_over(browser: &crate::driver::Browser, server: &Server, visitor: &Visitor) {
    browser.goto(&format!("{}/sign-in", server.address()));
    let (name, value) = visitor.cookie.as_ref().unwrap().split_once('=').unwrap();
    let cookie = serde_json::json!({
        "name": name, "value": value, "url": server.address(), "httpOnly": true, "sameSite": "Strict",
    });
    browser.cdp("Network.setCookie", cookie);
}
