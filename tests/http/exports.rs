//! Exports: the files of the command line, streamed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::server::{PATIENCE, Server, wait};
use crate::support::Server as Source;
use crate::usage::worked_example;

const REPORTS: [&str; 7] = ["usage", "users", "statement", "history", "late", "servers", "vpx"];
const FORMS: [(&str, &str, &[u8]); 3] = [
    ("csv", "text/csv; charset=utf-8", b""),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
    ("json", "application/json", b"["),
];

/// `usage_2026-10`; a history has twelve months.
fn name_of(report: &str, form: &str) -> String {
    let months = if report == "history" { "2025-11_2026-10" } else { "2026-10" };
    format!("seatledger_{report}_{months}.{form}")
}

#[test]
fn a_file_is_the_same_by_page_api_link_and_command_and_has_its_name() {
    let server = worked_example();
    let (api, dirk) = (server.api(&["read"]), server.sign_in("dirk"));
    for report in REPORTS {
        for (form, kind, begins) in FORMS {
            let own = server.house.export_file(&[report, "--period", "2026-10", "--format", form]);
            assert!(own.starts_with(begins), "{report} {form}");
            let query = format!("period=2026-10&format={form}");
            let by_api = api.get(&format!("/api/v1/exports/{report}?{query}")).expect(200);
            let by_link = dirk.get(&format!("/exports/download?report={report}&{query}")).expect(200);
            let fields =
                [("report", report), ("period", "2026-10"), ("format", form), ("from", ""), ("customer", "")];
            let by_page = dirk.post("/exports/download", &fields).expect(200);
            for answer in [&by_api, &by_link, &by_page] {
                assert!(answer.bytes == own, "{report} {form}");
                assert_eq!(answer.header("content-type"), Some(kind));
                let name = format!("attachment; filename=\"{}\"", name_of(report, form));
                assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
            }
        }
    }
    let plain = api.get("/api/v1/exports/usage?period=2026-10").expect(200);
    assert_eq!(plain.header("content-type"), Some("text/csv; charset=utf-8"), "without a format");
}

#[test]
fn a_history_or_statement_can_be_of_one_customer() {
    let server = worked_example();
    let api = server.api(&["read"]);
    let own = api.get("/api/v1/exports/history?period=2026-10&from=2026-09&customer=acme").expect(200);
    let name = "attachment; filename=\"seatledger_history_2026-09_2026-10_acme.csv\"";
    assert_eq!(own.header("content-disposition"), Some(name));
    assert!(own.text().contains(",Acme,3,2,1") && !own.text().contains("Beta"), "{}", own.text());
    let unlinked = api.get("/api/v1/exports/statement?period=2026-10&customer=none").expect(200);
    assert!(!unlinked.text().contains("Acme"), "{}", unlinked.text());
    api.get("/api/v1/exports/statement?period=2026-10&customer=nobody").problem(422, "SEAT-A03");
    api.get("/api/v1/exports/usage?period=2026-10&customer=acme").problem(400, "SEAT-C04");
    api.get("/api/v1/exports/history?period=2026-10&from=2026-11").problem(400, "SEAT-C04");
    api.get("/api/v1/exports/history?period=2026-10&from=x").problem(400, "SEAT-P03");
}

#[test]
fn what_cannot_be_exported_is_refused_before_the_first_byte() {
    let server = worked_example();
    let api = server.api(&["read"]);
    api.get("/api/v1/exports/usage").problem(400, "SEAT-C07");
    api.get("/api/v1/exports/usage?period=x").problem(400, "SEAT-P03");
    for report in REPORTS {
        for (form, ..) in FORMS {
            api.get(&format!("/api/v1/exports/{report}?period=2026-12&format={form}"))
                .problem(409, "SEAT-P02");
        }
    }
    api.get("/api/v1/exports/usage?period=2026-10&format=xls").problem(400, "SEAT-C04");
    api.get("/api/v1/exports/secrets?period=2026-10").problem(404, "SEAT-C06");
    server.api(&["upload"]).get("/api/v1/exports/usage?period=2026-10").problem(403, "SEAT-K21");
    let anna = server.sign_in("anna");
    assert_eq!(anna.get("/exports/download?report=usage&period=2026-12").status, 409);
    assert_eq!(anna.get("/exports/download?report=secrets&period=2026-10").status, 400);
    assert_eq!(anna.get("/exports/download?period=2026-10").status, 400);
    let form = |fields: &[(&str, &str)]| anna.post("/exports/download", fields);
    assert_eq!(form(&[("report", "secrets"), ("period", "2026-10")]).status, 400);
    assert_eq!(form(&[("report", "usage")]).status, 400);
    let fields = [("report", "history"), ("from", "2026-10"), ("period", "2026-09"), ("format", "json")];
    let told = form(&fields).expect(400).text();
    for part in [
        "href=\"#from-history\">Expected a first month up to 2026-09, found 2026-10.",
        "id=\"from-history\" name=\"from\" aria-invalid=\"true\"",
        "<option value=\"json\" selected>",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    let told =
        form(&[("report", "statement"), ("period", "2026-10"), ("customer", "nobody")]).expect(422).text();
    assert!(told.contains("href=\"#customer-statement\""), "{told}");
    let told = form(&[("report", "users"), ("period", "2026-12")]).expect(409).text();
    assert!(told.contains("href=\"#period-users\""), "{told}");
    let foreign = anna.post_bare("/exports/download", &[("report", "usage"), ("period", "2026-10")]);
    assert_eq!(foreign.status, 403, "without the token of a form");
}

/// File, actor, bytes and hash of what is on record.
fn on_record(server: &Server) -> Vec<String> {
    let sql = "SELECT file, actor, report, form, period, part, bytes, sha256 FROM export_made ORDER BY id";
    server.house.run(["sql", sql]).done().out.lines().map(str::to_owned).collect()
}

#[test]
fn what_the_page_hands_out_is_on_record_with_its_hash() {
    let server = worked_example();
    let (anna, dirk) = (server.sign_in("anna"), server.sign_in("dirk"));
    server.api(&["read"]).get("/api/v1/exports/usage?period=2026-10").expect(200);
    anna.get("/exports/download?report=usage&period=2026-10").expect(200);
    anna.post("/exports/download", &[("report", "usage"), ("period", "2026-12")]).expect(409);
    assert_eq!(on_record(&server), [""; 0], "links, calls and refusals leave nothing");
    let page = anna.get("/exports").expect(200).text();
    assert!(page.contains("Nothing was downloaded yet"));
    let file = anna
        .post("/exports/download", &[("report", "users"), ("period", "2026-10"), ("format", "xlsx")])
        .expect(200);
    let hash = hash(&file.bytes);
    let size = file.bytes.len();
    dirk.post("/exports/download", &[("report", "history"), ("period", "2026-10"), ("customer", "none")])
        .expect(200);
    let rows = on_record(&server);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0], format!("seatledger_users_2026-10.xlsx|web/anna|users|xlsx|2026-10||{size}|{hash}"));
    let part = "|from 2025-11, unlinked users|";
    assert!(rows[1].contains("|web/dirk|history|csv|2026-10|") && rows[1].contains(part), "{}", rows[1]);
    let audit = server
        .house
        .run(["sql", "SELECT actor, object, after FROM audit WHERE action = 'export' ORDER BY id"]);
    let first = format!("web/anna|seatledger_users_2026-10.xlsx|{size} bytes, SHA-256 {hash}");
    assert_eq!(audit.done().out.lines().next(), Some(first.as_str()));
    let page = anna.get("/exports").expect(200).text();
    for part in [
        &format!("<code class=\"hash\">{hash}</code>"),
        "seatledger_users_2026-10.xlsx",
        "dirk",
        "1 to 2 of 2",
    ] {
        assert!(page.contains(part), "{part} in {page}");
    }
    let own = dirk.get("/exports").expect(200).text();
    assert!(!own.contains(&hash) && own.contains("1 to 1 of 1"), "distributors see their own");
    for _ in 0..20 {
        dirk.post("/exports/download", &[("report", "vpx"), ("period", "2026-10")]).expect(200);
    }
    assert!(dirk.get("/exports?page=2").expect(200).text().contains("21 to 21 of 21"));
    assert_eq!(dirk.get("/exports?page=0").status, 400);
}

#[test]
fn what_is_on_record_refuses_to_change() {
    let server = worked_example();
    let anna = server.sign_in("anna");
    anna.post("/exports/download", &[("report", "usage"), ("period", "2026-10")]).expect(200);
    for sql in [
        "UPDATE export_made SET sha256 = replace(sha256, 'a', 'b')",
        "DELETE FROM export_made",
        "INSERT OR REPLACE INTO export_made SELECT id, made_at, 'web/ben', report, form, period, part, file, 1, sha256 FROM export_made",
    ] {
        server.house.run(["sql", "--write", sql]).refused(1, "SEAT-A10: ");
    }
    assert!(on_record(&server)[0].contains("|web/anna|"));
    server.house.check();
}

fn hash(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn clients_that_go_away_in_the_midst_leave_the_server_answering() {
    let server = Server::new();
    let names: Vec<String> =
        (0..40_000).map(|number| format!("CORP\\user{number:06}-{}", "x".repeat(40))).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let upload = Source::new("LIC01", "2026-10-15T03:00:00Z").saw("2026-10", &names).upload();
    assert_eq!(server.house.import(&upload)["status"], "accepted");
    let token = server.token(&["read"]);
    for _ in 0..6 {
        let mut socket = TcpStream::connect(server.socket()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let ask = format!(
            "GET /api/v1/exports/users?period=2026-10&format=json HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n\r\n",
            server.socket()
        );
        socket.write_all(ask.as_bytes()).unwrap();
        let mut first = [0; 1000];
        socket.read_exact(&mut first).unwrap();
        assert!(first.starts_with(b"HTTP/1.1 200"));
    }
    // A browser that is closed in the midst leaves no record either.
    let anna = server.sign_in("anna");
    let csrf = anna.csrf();
    for form in ["csv", "json"] {
        let mut socket = TcpStream::connect(server.socket()).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let body = format!("report=users&period=2026-10&format={form}&csrf={csrf}");
        let ask = format!(
            "POST /exports/download HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: {}\r\n\r\n{body}",
            server.socket(),
            anna.cookie.as_deref().unwrap(),
            body.len()
        );
        socket.write_all(ask.as_bytes()).unwrap();
        let mut first = [0; 1000];
        socket.read_exact(&mut first).unwrap();
        assert!(first.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&first));
    }
    let api = server.api_with(Some(&token));
    // More clients went away than files are written at once: their turns came back.
    let whole = wait(
        || {
            let answer = api.get("/api/v1/exports/users?period=2026-10&format=csv");
            (answer.status == 200).then_some(answer)
        },
        "a turn",
    );
    assert_eq!(whole.text().lines().count(), 40_001);
    anna.post("/exports/download", &[("report", "usage"), ("period", "2026-10")]).expect(200);
    let rows = on_record(&server);
    assert!(rows.len() == 1 && rows[0].starts_with("seatledger_usage_"), "{rows:?}");
}
