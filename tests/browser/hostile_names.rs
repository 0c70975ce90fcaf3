//! Names that are anything but names, on every page: shown as text, and their links lead to them.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::json;

use crate::driver::Browser;
use crate::pages::{self, addresses, furnish, has};
use crate::server::Server;
use crate::support;

/// Sixty of them; each is a user, a customer, a license server, a delivery group and a file.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "<script>pwned=1</script>",
        "</script><script>pwned=1</script>",
        "<img src=x onerror=pwned=1>",
        "<svg/onload=pwned=1>",
        "<iframe src=javascript:parent.pwned=1>",
        "<b>bold</b>",
        "<!--",
        "-->",
        "<![CDATA[x]]>",
        "</td></tr></table>",
        "</title><script>pwned=1</script>",
        "</textarea><script>pwned=1</script>",
        "\" onmouseover=\"pwned=1",
        "' onfocus='pwned=1' autofocus='",
        "\"><script>pwned=1</script>",
        "'><script>pwned=1</script>",
        "`-pwned=1-`",
        "javascript:pwned=1",
        "data:text/html,<script>pwned=1</script>",
        "{{ 7 * 7 }}",
        "${7*7}",
        "{% raw %}",
        "&lt;script&gt;",
        "&amp;",
        "&#39;",
        "&nbsp;x",
        "&",
        "..",
        ".",
        "../../etc/passwd",
        "a/b/c",
        "/",
        "//elsewhere.example/x",
        "\\\\host\\share",
        "%2F",
        "%2e%2e%2f",
        "%00",
        "%",
        "100%",
        "a+b c",
        "a%20b",
        "?id=other&period=2001-01",
        "#fragment",
        "a&id=b",
        "a=b;c",
        "\u{202e}gnp.exe",
        "\u{2066}isolated",
        "zero\u{200b}width",
        "joined\u{200d}",
        "\u{feff}mark",
        "Z\u{0351}\u{036b}\u{0343}a\u{0310}l\u{0352}g\u{0321}o\u{0322}",
        "e\u{0301}clair",
        "👩‍👩‍👧‍👦 family 🇪🇺",
        "مرحبا بالعالم",
        "日本語のユーザー名",
        "=cmd|' /C calc'!A0",
        "@SUM(1+1)*cmd",
        // `none` itself stands for the unlinked row: no customer has it.
        "none ?",
        "null",
    ]
    .map(str::to_owned)
    .to_vec();
    names.push("W".repeat(250));
    assert_eq!(names.len(), 60);
    names
}

fn fill(server: &Server, names: &[String]) {
    let api = server.api(&["upload", "write"]);
    let users: Vec<String> = names.iter().map(|name| format!("corp\\{name}")).collect();
    for (number, name) in names.iter().enumerate() {
        let at = format!("2026-10-15T04:00:{number:02}Z");
        let upload = support::Server::new(name, &at).saw("2026-10", &[name, &users[number]]).upload();
        let file = reqwest::header::HeaderValue::from_bytes(name.as_bytes()).unwrap();
        let request = api.request(Method::POST, "/api/v1/uploads").header("x-filename", file);
        api.send(request.body(upload.bytes)).expect(201);
        api.post_json("/api/v1/customers", &json!({ "name": name, "id": name, "external_id": name }))
            .expect(201);
    }
    let site = names.iter().fold(support::Site::new("<i>site</i>", "2026-10-15T05:00:00Z"), |site, name| {
        site.group(name, "2026-10", &[name])
    });
    let site = site.upload();
    api.upload("site.zip", &site.bytes).expect(201);
}

fn query(id: &str) -> String {
    form_urlencoded::Serializer::new(String::new()).append_pair("id", id).finish()
}

/// What would be there if a name had become markup.
const LOOK: &str = r#"
    const odd = [...document.querySelectorAll('*')].filter(e =>
        [...e.attributes].some(a => /^on|^style$|[^a-z0-9:-]/i.test(a.name))
        || ['IFRAME', 'IMG', 'OBJECT', 'EMBED', 'STYLE', 'BASE', 'MARQUEE'].includes(e.tagName)
        || (e.tagName === 'SCRIPT' && !new URL(e.src || 'x:').pathname.startsWith('/static/')));
    return {
        pwned: typeof pwned !== 'undefined',
        odd: odd.map(e => e.outerHTML.slice(0, 200)),
        text: document.body.textContent,
        title: document.title,
        links: [...document.links].map(a => a.href),
    };
"#;

#[test]
fn sixty_hostile_names_stay_text_on_every_page() {
    let server = Server::new();
    furnish(&server);
    let names = names();
    fill(&server, &names);
    let browser = Browser::start(true);
    let anna = server.sign_in("anna");
    pages::hand_over(&browser, &server, &anna);
    let own = server.address();
    let mut wrong = Vec::new();
    let mut links = BTreeSet::new();
    for (page, address) in addresses(&server) {
        browser.goto(&format!("{own}{address}"));
        let seen = browser.script(LOOK);
        if seen["pwned"] == true || seen["odd"].as_array().is_some_and(|odd| !odd.is_empty()) {
            wrong.push(format!("{page}: a name became markup: {}", seen["odd"]));
        }
        if address == "/customers" {
            let text = seen["text"].as_str().unwrap();
            wrong.extend(
                names
                    .iter()
                    .filter(|name| !text.contains(name.as_str()))
                    .map(|name| format!("{page}: {name:?} is not shown")),
            );
        }
        for link in seen["links"].as_array().unwrap() {
            let link = link.as_str().unwrap().split('#').next().unwrap();
            match link.strip_prefix(own) {
                Some(path) => drop(links.insert(path.to_owned())),
                None => wrong.push(format!("{page}: leads to {link}")),
            }
        }
    }
    for name in &names {
        links.insert(format!("/customer?{}", query(name)));
        links.insert(format!("/server?{}", query(&support::guid(name))));
        links.insert(format!(
            "/user?{}",
            query(&seatledger::domain::user_key::user_key(&format!("corp\\{name}")))
        ));
    }
    for link in &links {
        let path = link.split('?').next().unwrap();
        if !link.is_empty() && !has(path) {
            wrong.push(format!("{link}: leads to no page"));
            continue;
        }
        let answer = anna.get(link);
        let is_there = [200, 303].contains(&answer.status);
        if !is_there {
            wrong.push(format!("{link}: {}", answer.status));
        }
        if !answer.header("content-type").is_some_and(|kind| kind.starts_with("text/html")) {
            continue;
        }
        let text = answer.text();
        for name in names.iter().filter(|name| name.contains('<') || name.contains('"')) {
            // What the templates themselves write is no name.
            if text.contains(name.as_str()) && !["<!--", "</td></tr></table>"].contains(&name.as_str()) {
                wrong.push(format!("{link}: {name} stands there unescaped"));
            }
        }
    }
    // Each detail page in the browser, of names that are markup.
    for name in names.iter().filter(|name| name.contains('<') || name.contains("pwned")) {
        let user = format!("corp\\{name}").to_lowercase();
        for (path, id) in [("/customer", name), ("/user", &user), ("/server", &support::guid(name))] {
            let query = query(id);
            browser.goto(&format!("{own}{path}?{query}"));
            let seen = browser.script(LOOK);
            let is_odd = seen["pwned"] == true || seen["odd"].as_array().is_some_and(|odd| !odd.is_empty());
            if is_odd || !seen["text"].as_str().unwrap().contains(name.as_str()) {
                wrong.push(format!("{path}?{query} of {name}: {} {}", seen["title"], seen["odd"]));
            }
        }
    }
    browser.asked_nobody_but(own);
    wrong.dedup();
    assert!(wrong.is_empty(), "{} of {} links and pages:\n{}", wrong.len(), links.len(), wrong.join("\n"));
}
