//! What every answer carries, and what none does.

use std::io::{Read as _, Write as _};

use reqwest::Method;

use crate::client::Answer;
use crate::server::Server;

/// As the experience fixes it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
    form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

#[track_caller]
fn guarded(answer: &Answer) {
    assert_eq!(answer.header("content-security-policy"), Some(POLICY));
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("referrer-policy").is_some());
    assert_eq!(answer.header("server"), None);
    assert_eq!(answer.header("x-powered-by"), None);
    assert!(answer.header("x-request-id").is_some_and(|reference| reference.len() == 16));
    if !answer.bytes.is_empty() {
        assert!(answer.header("content-type").is_some());
    }
}

#[test]
fn every_answer_carries_the_headers_that_guard_it() {
    let server = Server::new();
    let (anna, nobody) = (server.sign_in("anna"), server.visitor());
    let api = server.api(&["read", "write", "upload"]);
    let css = anna
        .get("/")
        .text()
        .split("href=\"")
        .find(|link| link.starts_with("/static/app.css"))
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .to_owned();
    let kept = nobody.get(&css);
    let etag = kept.header("etag").unwrap().to_owned();
    assert_eq!(kept.header("cache-control"), Some("public, max-age=31536000, immutable"));
    let unchanged = nobody.send(nobody.request(Method::GET, &css).header("if-none-match", etag)).expect(304);
    for answer in [
        kept,
        unchanged,
        nobody.get("/static/app.css").expect(200),
        nobody.get("/static/none.css").expect(404),
        nobody.get("/favicon.ico").expect(303),
    ] {
        guarded(&answer);
    }
    for answer in [
        anna.get("/").expect(200),
        anna.get("/customers").expect(200),
        anna.get("/none").expect(404),
        anna.get("/customer?id=none").expect(404),
        anna.get("/?period=2026-13").expect(400),
        anna.get("/?period=2031-01").expect(404),
        anna.post_bare("/customers", &[]).expect(403),
        anna.post("/customers", &[]).expect(400),
        anna.get("/theme").expect(405),
        nobody.get("/").expect(303),
        nobody.post_bare("/customers", &[]).expect(401),
        nobody.get("/sign-in").expect(200),
        nobody.get("/healthz").expect(200),
        nobody.get("/readyz").expect(200),
        nobody.get("/api/v1/customers").expect(401),
        nobody.get("/api/v1/none").expect(404),
        nobody.get("/..%2f..%2fetc/passwd").expect(404),
        nobody.get("/%00").expect(404),
        nobody.get("/%ff%fe").expect(404),
        api.get("/api/v1/customers").expect(200),
        api.get("/api/v1/customers?limit=0").expect(400),
        api.upload("x.zip", b"nothing").expect(422),
        api.post_json("/api/v1/uploads/none", &serde_json::json!({})),
        api.send(api.request(Method::DELETE, "/api/v1/customers")).expect(405),
        nobody.post_bare("/root/tokens/clients", &[]).expect(400),
        nobody.post_bare("/cctrustoauth2/root/tokens/clients", &[]).expect(400),
        nobody.send(nobody.request(Method::HEAD, "/sign-in")).expect(200),
        nobody.send(nobody.request(Method::OPTIONS, "/")).expect(405),
    ] {
        guarded(&answer);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[test]
fn an_error_names_its_reference_which_the_log_knows() {
    let server = Server::new();
    let page = server.sign_in("anna").get("/none").expect(404);
    let reference = page.header("x-request-id").unwrap().to_owned();
    assert!(page.text().contains(&reference));
    assert!(page.text().contains("SEAT-C06"));
    let refused = server.api(&["read"]).get("/api/v1/none");
    let problem = refused.problem(404, "SEAT-C06");
    assert!(problem["instance"].as_str().unwrap().starts_with("urn:seatledger:request:"));
    crate::server::wait(|| server.log().contains(&reference).then_some(()), "the log");
}

#[test]
fn a_page_is_compressed_for_whoever_takes_that() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    let packed = anna.send(anna.request(Method::GET, "/").header("accept-encoding", "gzip"));
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    guarded(&packed);
    assert!(packed.bytes.starts_with(&[0x1f, 0x8b]));
}

#[test]
fn head_answers_as_get_without_a_body() {
    let server = Server::new();
    let anna = server.sign_in("anna");
    for path in ["/", "/customers", "/healthz", "/static/app.css", "/none"] {
        let (get, head) = (anna.get(path), anna.send(anna.request(Method::HEAD, path)));
        assert_eq!((head.status, head.bytes.len()), (get.status, 0), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
    }
}

/// What no HTTP client sends: bytes by hand.
#[test]
fn a_request_that_is_none_is_refused_and_the_next_one_answered() {
    let server = Server::new();
    for bytes in [
        &b"nonsense\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc",
    ] {
        let mut stream = std::net::TcpStream::connect(server.socket()).unwrap();
        stream.set_read_timeout(Some(std::time::Duration::from_secs(30))).unwrap();
        stream.write_all(bytes).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        let answer = String::from_utf8_lossy(&answer);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        assert!(!answer.to_lowercase().contains("server:"), "{answer}");
    }
    server.visitor().get("/healthz").expect(200);
}
