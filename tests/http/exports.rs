//! Exports: the files of the command line, streamed.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use crate::server::{PATIENCE, Server, wait};
use crate::support::Server as Source;
use crate::usage::worked_example;

#[test]
fn a_file_is_the_same_by_page_api_and_command_and_has_its_name() {
    let server = worked_example();
    let (api, dirk) = (server.api(&["read"]), server.sign_in("dirk"));
    for report in ["usage", "users"] {
        for (format, kind) in [("csv", "text/csv; charset=utf-8"), ("json", "application/json")] {
            let own =
                server.house.run(["export", report, "--period", "2026-10", "--format", format]).done().out;
            let by_api =
                api.get(&format!("/api/v1/exports/{report}?period=2026-10&format={format}")).expect(200);
            let form = format!("/exports/download?report={report}&period=2026-10&format={format}");
            let by_page = dirk.get(&form).expect(200);
            for answer in [&by_api, &by_page] {
                assert_eq!(answer.text(), own);
                assert_eq!(answer.header("content-type"), Some(kind));
                let name = format!("attachment; filename=\"seatledger_{report}_2026-10.{format}\"");
                assert_eq!(answer.header("content-disposition"), Some(name.as_str()));
            }
        }
    }
    let plain = api.get("/api/v1/exports/usage?period=2026-10").expect(200);
    assert_eq!(plain.header("content-type"), Some("text/csv; charset=utf-8"), "without a format");
}

#[test]
fn what_cannot_be_exported_is_refused_before_the_first_byte() {
    let server = worked_example();
    let api = server.api(&["read"]);
    api.get("/api/v1/exports/usage").problem(400, "SEAT-C07");
    api.get("/api/v1/exports/usage?period=x").problem(400, "SEAT-P03");
    api.get("/api/v1/exports/usage?period=2026-12").problem(409, "SEAT-P02");
    api.get("/api/v1/exports/usage?period=2026-10&format=xls").problem(400, "SEAT-C04");
    api.get("/api/v1/exports/secrets?period=2026-10").problem(404, "SEAT-C06");
    server.api(&["upload"]).get("/api/v1/exports/usage?period=2026-10").problem(403, "SEAT-K21");
    let anna = server.sign_in("anna");
    assert_eq!(anna.get("/exports/download?report=usage&period=2026-12").status, 409);
    assert_eq!(anna.get("/exports/download?report=secrets&period=2026-10").status, 400);
    assert_eq!(anna.get("/exports/download?period=2026-10").status, 400);
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
}
