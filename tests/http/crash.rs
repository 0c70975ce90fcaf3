//! kill -9 while uploads come in: what was answered 2xx is there, and nothing is half there.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::blocking::Client;

use crate::server::Server;
use crate::support::{self, House, full};

fn file(number: usize) -> Vec<u8> {
    let users: Vec<String> = (0..60).map(|user| format!("corp\\user{}", number * 7 + user)).collect();
    let users: Vec<&str> = users.iter().map(String::as_str).collect();
    let at = format!("2026-10-15T{:02}:{:02}:{:02}Z", number / 3600, number / 60 % 60, number % 60);
    support::Server::new("LIC01", &at).saw("2026-10", &users).upload().bytes
}

/// Sends files until the server is gone; the ids that were acknowledged.
fn send(address: &str, token: &str, next: &AtomicUsize, acknowledged: &AtomicUsize) -> Vec<String> {
    let http = Client::builder().timeout(Duration::from_secs(60)).no_proxy().build().unwrap();
    let mut ids = Vec::new();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let request = http.post(format!("{address}/api/v1/uploads")).bearer_auth(token).body(file(number));
        let Ok(response) = request.send() else { return ids };
        let status = response.status().as_u16();
        let Ok(receipt) = response.json::<serde_json::Value>() else { return ids };
        assert_eq!(status, 201, "{receipt}");
        ids.push(receipt["id"].as_str().unwrap().to_owned());
        acknowledged.fetch_add(1, Ordering::Relaxed);
    }
}

fn kept(house: &House) -> BTreeSet<String> {
    let ids = house.run(["sql", "SELECT id FROM v1_upload WHERE status = 'accepted'"]).done().out;
    ids.lines().map(str::to_owned).collect()
}

#[test]
fn an_acknowledged_upload_survives_kill_9() {
    let rounds = if full() { 200 } else { 20 };
    let mut server = Server::over(House::new(), &[]);
    let (id, secret) = server.client(&["upload"]);
    let (next, mut promised) = (AtomicUsize::new(0), BTreeSet::new());
    for round in 0..rounds {
        let (address, token) = (server.address().to_owned(), server.token_of(&id, &secret));
        let acknowledged = AtomicUsize::new(0);
        let ids: Vec<String> = std::thread::scope(|scope| {
            let sent: Vec<_> =
                (0..3).map(|_| scope.spawn(|| send(&address, &token, &next, &acknowledged))).collect();
            crate::server::wait(
                || (acknowledged.load(Ordering::Relaxed) > round % 4).then_some(()),
                "uploads",
            );
            std::thread::sleep(Duration::from_millis(u64::try_from(round * 7 % 23).unwrap()));
            server.kill();
            sent.into_iter().flat_map(|one| one.join().unwrap()).collect()
        });
        promised.extend(ids);
        if round % 2 == 0 {
            server.house.check();
        }
        server.start();
        let kept = kept(&server.house);
        let lost: Vec<_> = promised.difference(&kept).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?}");
    }
    server.stop();
    server.house.check();
}

#[test]
fn a_graceful_stop_answers_what_was_begun() {
    for _ in 0..3 {
        let mut server = Server::over(House::new(), &[]);
        let token = server.token(&["upload"]);
        let (address, next, acknowledged) =
            (server.address().to_owned(), AtomicUsize::new(0), AtomicUsize::new(0));
        let (ids, code) = std::thread::scope(|scope| {
            let sent: Vec<_> =
                (0..3).map(|_| scope.spawn(|| send(&address, &token, &next, &acknowledged))).collect();
            crate::server::wait(|| (acknowledged.load(Ordering::Relaxed) > 3).then_some(()), "uploads");
            let code = server.stop();
            let ids: BTreeSet<String> = sent.into_iter().flat_map(|one| one.join().unwrap()).collect();
            (ids, code)
        });
        assert_eq!(code, Some(0));
        let kept = kept(&server.house);
        assert_eq!(kept, ids, "everything that was taken in was answered, and the other way round");
        server.house.check();
    }
}
