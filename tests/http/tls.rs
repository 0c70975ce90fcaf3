//! TLS: the same pages, and a cookie that no other host can set.

use std::process::Command;

use crate::client::secrets;
use crate::server::{PASSWORD, Server};

/// curl, since it brings a TLS of its own. Without a check of the certificate unless one is given.
fn curl(server: &Server, arguments: &[&str]) -> String {
    let mut command = Command::new("curl");
    command
        .args(["--silent", "--show-error", "--include", "--noproxy", "*", "--max-time", "60"])
        .args(arguments);
    command.current_dir(server.house.path("."));
    let output = command.output().expect("curl, which scripts/test installs");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn a_certificate_of_its_own_serves_and_is_kept() {
    let mut server = Server::with(&["--tls-self-signed"]);
    assert!(server.address().starts_with("https://127.0.0.1:"), "{}", server.address());
    let address = server.address().to_owned();
    let form = format!("name=anna&password={}", PASSWORD.replace(' ', "+"));
    // The certificate names the address: who trusts it needs no exception.
    let trusted = ["--cacert", "data/tls-certificate.pem"];
    let answer = curl(&server, &[&trusted[..], &["--data", &form, &format!("{address}/sign-in")]].concat());
    let cookie = answer.lines().find(|line| line.to_lowercase().starts_with("set-cookie: ")).unwrap().trim();
    let (pair, flags) = cookie.split_once(' ').unwrap().1.split_once("; ").unwrap();
    let (name, value) = pair.split_once('=').unwrap();
    secrets().lock().unwrap().insert(value.to_owned());
    assert_eq!(name, "__Host-seatledger");
    for flag in ["Secure", "HttpOnly", "Path=/", "SameSite=Strict"] {
        assert!(flags.split("; ").any(|own| own == flag), "{flags}");
    }
    assert!(!flags.contains("Domain"), "{flags}");
    let cookie = format!("cookie: {pair}");
    let page = curl(&server, &["--insecure", "--header", &cookie, &format!("{address}/customers")]);
    assert!(page.contains(" 200") && page.contains("<h1>Customers</h1>"), "{page}");
    let planted = format!("cookie: seatledger={value}");
    let page = curl(&server, &["--insecure", "--header", &planted, &format!("{address}/customers")]);
    assert!(page.contains(" 303"), "a cookie without the prefix is none: {page}");
    let certificate = server.house.read("data/tls-certificate.pem");
    assert_eq!(server.stop(), Some(0));
    server.start();
    assert_eq!(
        server.house.read("data/tls-certificate.pem"),
        certificate,
        "browsers that trusted it know it again"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = std::fs::metadata(server.house.path("data/tls-key.pem")).unwrap();
        assert_eq!(key.permissions().mode() & 0o077, 0, "the key is for its owner alone");
    }
    // The files of one server serve another.
    let files = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--tls-cert",
        "data/tls-key.pem",
        "--tls-key",
        "data/tls-key.pem",
    ];
    server.house.run(files).refused(1, "SEAT-C12: ");
}

#[test]
fn a_certificate_from_files_serves() {
    let made = Server::with(&["--tls-self-signed"]);
    let house = crate::support::House::new();
    house.write("own.pem", made.house.read("data/tls-certificate.pem"));
    house.write("own.key", made.house.read("data/tls-key.pem"));
    let server = Server::over(house, &["--tls-cert", "own.pem", "--tls-key", "own.key"]);
    let answer = curl(&server, &["--cacert", "own.pem", &format!("{}/healthz", server.address())]);
    assert!(answer.contains(" 200"), "{answer}");
}

#[test]
fn options_of_tls_that_do_not_fit_are_refused() {
    let house = crate::support::House::new();
    house.run(["serve", "--tls-cert", "x.pem"]).refused(2, "SEAT-C04: ");
    house
        .run(["serve", "--tls-cert", "x.pem", "--tls-key", "y.pem", "--tls-self-signed"])
        .refused(2, "SEAT-C04: ");
    house
        .run(["serve", "--listen", "127.0.0.1:0", "--tls-cert", "x.pem", "--tls-key", "y.pem"])
        .refused(1, "SEAT-C12: ");
    house.run(["serve", "--listen", "elsewhere"]).refused(2, "SEAT-C04: ");
    let taken = Server::empty();
    let again = house.run(["serve", "--listen", taken.socket()]).refused(1, "SEAT-C11: ");
    assert!(again.err.contains(taken.socket()), "{again:?}");
}
