//! Uploads over the API: what was answered 2xx is on disk, what was not changed nothing.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use reqwest::Method;

use crate::client::Answer;
use crate::server::Server;
use crate::support::worked_example::{OCTOBER, tag, uploads};
use crate::support::{self, full, guid, zip};

const UPLOAD: &[&str] = &["upload"];

/// The head of an upload by hand, up to its headers of length.
fn head(server: &Server, more: &str) -> String {
    let token = server.token(UPLOAD);
    let host = server.socket();
    format!(
        "POST /api/v1/uploads HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n{more}\r\n\r\n"
    )
}

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.socket()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

fn count(server: &Server) -> String {
    server.house.run(["sql", "SELECT count(*) FROM v1_upload"]).done().out.trim().to_owned()
}

#[test]
fn the_worked_example_comes_in_over_the_api_and_counts_at_once() {
    let server = Server::new();
    let api = server.api(UPLOAD);
    for upload in uploads() {
        let made = api.upload(&upload.name, &upload.bytes).expect(201).json();
        let fields: Vec<&String> = made.as_object().unwrap().keys().collect();
        for field in ["id", "status", "sha256", "source", "new_users", "late_users", "warnings"] {
            assert!(fields.iter().any(|own| *own == field), "{field}: {made}");
        }
        assert_eq!(made["status"], "accepted");
        assert_eq!(made["id"].as_str().unwrap(), &made["sha256"].as_str().unwrap()[..16]);
        let again = api.upload("other-name.zip", &upload.bytes).expect(200).json();
        assert_eq!((&again["status"], &again["id"]), (&"duplicate".into(), &made["id"]));
    }
    assert_eq!(count(&server), "4");
    let first = api.upload("x", &uploads()[0].bytes).json();
    assert_eq!(first["source"]["kind"], "license-server");
    assert_eq!((&first["source"]["id"], &first["new_users"]), (&guid("LIC01").into(), &4.into()));
    tag(&server.house);
    assert_eq!(server.house.usage(OCTOBER), ["- 2 1 1", "Acme 3 2 1", "Beta 3 3 0"]);
    server.house.check();
}

#[test]
fn a_rejected_upload_is_answered_with_its_reason_and_kept() {
    let server = Server::new();
    let api = server.api(UPLOAD);
    let cases: [(&[u8], &str); 4] = [
        (b"", "SEAT-U01"),
        (b"hello", "SEAT-U01"),
        (b"PK\x03\x04 and no more", "SEAT-U03"),
        (&zip("x", &[("payload.json", r#"{"format":"seatledger/license-server@9"}"#)]).bytes, "SEAT-U08"),
    ];
    for (number, (bytes, code)) in cases.iter().enumerate() {
        let problem = api.upload("nonsense.zip", bytes).problem(422, code);
        let detail = problem["detail"].as_str().unwrap();
        let (_, id) = detail.split_once("Kept as upload ").unwrap();
        let kept = format!("SELECT status FROM v1_upload WHERE id = '{}'", &id[..16]);
        assert_eq!(server.house.run(["sql", &kept]).done().out.trim(), "rejected", "{detail}");
        assert_eq!(count(&server), (number + 1).to_string());
        api.upload("again.zip", bytes).problem(422, code);
    }
    server.house.check();
}

#[test]
fn a_body_over_the_limit_gets_its_answer_while_it_is_still_being_sent() {
    let server = Server::new();
    server.house.run(["setting", "set", "upload_file_bytes", "1048576"]).done();
    let api = server.api(UPLOAD);
    let large = vec![7_u8; 8 << 20];
    api.upload("large.zip", &large).problem(413, "SEAT-C08");
    // Without a length, in pieces.
    let pieces = reqwest::blocking::Body::new(std::io::Cursor::new(large.clone()));
    let chunked = api.request(Method::POST, "/api/v1/uploads").body(pieces);
    api.send(chunked).problem(413, "SEAT-C08");
    // A client that says how much is coming, and sends a little of it.
    let mut stream = connect(&server);
    stream.write_all(head(&server, "Content-Length: 9000000").as_bytes()).unwrap();
    stream.write_all(&large).unwrap();
    stream.write_all(&vec![7; 9_000_000 - large.len()]).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 ") && answer.contains("SEAT-C08"), "{answer}");
    assert_eq!(count(&server), "0");
    api.upload("good.zip", &uploads()[0].bytes).expect(201);
}

#[test]
fn a_connection_that_breaks_changes_nothing() {
    let server = Server::new();
    let upload = &uploads()[0].bytes;
    for (more, body) in [
        (format!("Content-Length: {}", upload.len()), upload[..upload.len() / 2].to_vec()),
        ("Transfer-Encoding: chunked".to_owned(), [b"5\r\n", &upload[..5], b"\r\n100\r\nxx"].concat()),
        ("Transfer-Encoding: chunked".to_owned(), [b"5\r\n", &upload[..5], b"\r\n"].concat()),
        ("Transfer-Encoding: chunked".to_owned(), [b"5\r\n", &upload[..5], b"\r\nZZ\r\n"].concat()),
    ] {
        let mut stream = connect(&server);
        stream.write_all(head(&server, &more).as_bytes()).unwrap();
        stream.write_all(&body).unwrap();
        drop(stream);
    }
    server.visitor().get("/healthz").expect(200);
    assert_eq!(count(&server), "0");
    server.api(UPLOAD).upload("whole.zip", upload).expect(201);
    assert_eq!(count(&server), "1");
    server.house.check();
}

#[test]
fn a_body_that_stalls_is_answered_and_others_are_meanwhile() {
    let server = Server::new();
    let mut stream = connect(&server);
    stream.write_all(head(&server, "Content-Length: 100").as_bytes()).unwrap();
    stream.write_all(b"ten bytes.").unwrap();
    server.visitor().get("/readyz").expect(200);
    server.api(UPLOAD).upload("whole.zip", &uploads()[0].bytes).expect(201);
    if full() {
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 408 ") && answer.contains("SEAT-C10"), "{answer}");
    }
    drop(stream);
    assert_eq!(count(&server), "1");
}

#[test]
fn a_file_name_is_a_name_and_nothing_else() {
    let server = Server::new();
    let api = server.api(UPLOAD);
    let send = |name: &[u8], number: usize| -> (Answer, String) {
        let user = format!("corp\\user{number}");
        let upload = support::Server::new("LIC01", "2026-10-15T03:00:00Z").saw(OCTOBER, &[&user]).upload();
        let value = reqwest::header::HeaderValue::from_bytes(name).unwrap();
        let request = api.request(Method::POST, "/api/v1/uploads").header("x-filename", value);
        let answer = api.send(request.body(upload.bytes)).expect(201);
        let id = answer.json()["id"].as_str().unwrap().to_owned();
        let kept =
            server.house.run(["sql", &format!("SELECT file FROM v1_upload WHERE id = '{id}'")]).done().out;
        (answer, kept.trim_end_matches('\n').to_owned())
    };
    let cases: [(&[u8], &str); 7] = [
        (b"upload_1.zip", "upload_1.zip"),
        (b"../../../etc/passwd", "passwd"),
        (b"C:\\Users\\anna\\up.zip", "up.zip"),
        (b"", "upload"),
        (b"a\tb.zip", "ab.zip"),
        ("<script>alert(1)</script>ü.zip".as_bytes(), "script>ü.zip"),
        (b"x\xff.zip", "x\u{fffd}.zip"),
    ];
    for (number, (said, kept)) in cases.iter().enumerate() {
        assert_eq!(send(said, number).1, *kept);
    }
    assert!(send("x".repeat(3000).as_bytes(), 99).1.len() <= 255);
    // None at all.
    let bytes =
        support::Server::new("LIC02", "2026-10-15T03:00:00Z").saw(OCTOBER, &["corp\\anna"]).upload().bytes;
    api.send(api.request(Method::POST, "/api/v1/uploads").body(bytes)).expect(201);
}

#[test]
fn twenty_uploads_at_once_all_count_and_pages_are_answered_meanwhile() {
    let server = Server::new();
    let (api, anna) = (server.api(UPLOAD), server.sign_in("anna"));
    let file = |number: usize| {
        let users: Vec<String> = (0..500).map(|user| format!("corp\\user{}", number * 250 + user)).collect();
        let users: Vec<&str> = users.iter().map(String::as_str).collect();
        let at = format!("2026-10-15T03:00:{number:02}Z");
        support::Server::new(&format!("LIC{number:02}"), &at).saw(OCTOBER, &users).upload()
    };
    std::thread::scope(|scope| {
        let sent: Vec<_> = (0..20)
            .map(|number| {
                let (api, upload) = (&api, file(number));
                scope.spawn(move || api.upload(&upload.name, &upload.bytes).status)
            })
            .collect();
        for _ in 0..10 {
            anna.get("/customers").expect(200);
        }
        let statuses: Vec<u16> = sent.into_iter().map(|one| one.join().unwrap()).collect();
        assert_eq!(statuses, [201; 20]);
    });
    assert_eq!(count(&server), "20");
    assert_eq!(server.house.usage(OCTOBER), ["- 5250 5250 0"]);
    server.house.check();
}

#[test]
fn the_same_file_sent_by_ten_at_once_counts_once() {
    let server = Server::new();
    let api = server.api(UPLOAD);
    let upload = uploads()[0].clone();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let sent: Vec<_> =
            (0..10).map(|_| scope.spawn(|| api.upload("x.zip", &upload.bytes).status)).collect();
        sent.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 201).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 9, "{statuses:?}");
    assert_eq!(count(&server), "1");
}
