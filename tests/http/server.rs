//! The real server on a data folder of its own: started, watched, stopped and killed.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::client::{Api, Visitor, secrets};
use crate::support::House;

/// How long anything may take that a test waits for: far more than it needs, on a machine with other work.
pub const PATIENCE: Duration = Duration::from_secs(60);
pub const PASSWORD: &str = "violet ledger seven oaks";

pub struct Server {
    pub house: House,
    options: Vec<String>,
    running: Option<Running>,
}

struct Running {
    child: Child,
    address: String,
    lines: Receiver<String>,
    said: Vec<String>,
    log: Arc<Mutex<String>>,
}

impl Server {
    /// On an empty data folder: no account, no client.
    pub fn empty() -> Self {
        Self::over(House::new(), &[])
    }

    /// With the administrator anna, the operator otto, the viewer vera and the distributor dirk.
    pub fn new() -> Self {
        Self::with(&[])
    }

    /// The same, with more options for `serve`.
    pub fn with(options: &[&str]) -> Self {
        let house = House::new();
        for (name, role) in
            [("anna", "admin"), ("otto", "operator"), ("vera", "viewer"), ("dirk", "distributor")]
        {
            account(&house, name, role);
        }
        Self::over(house, options)
    }

    /// Serves a house.
    pub fn over(house: House, options: &[&str]) -> Self {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { house, options, running: None };
        server.start();
        server
    }

    pub fn start(&mut self) {
        assert!(self.running.is_none(), "it runs");
        let mut child = self
            .house
            .command()
            .args(["serve", "--listen", "127.0.0.1:0"])
            .args(&self.options)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (line, lines) = channel();
        let out = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || out.lines().map_while(Result::ok).try_for_each(|said| line.send(said)));
        let log = Arc::new(Mutex::new(String::new()));
        let (mut err, kept) = (BufReader::new(child.stderr.take().unwrap()), log.clone());
        std::thread::spawn(move || {
            let mut piece = [0; 4096];
            while let Ok(size @ 1..) = err.read(&mut piece) {
                kept.lock().unwrap().push_str(&String::from_utf8_lossy(&piece[..size]));
            }
        });
        self.running = Some(Running { child, address: String::new(), lines, said: Vec::new(), log });
        let said = self.says("Listening on ");
        let running = self.running.as_mut().unwrap();
        running.address = said.strip_prefix("Listening on ").unwrap().to_owned();
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> &str {
        &self.running.as_ref().unwrap().address
    }

    /// `127.0.0.1:PORT`
    pub fn socket(&self) -> &str {
        self.address().split_once("://").unwrap().1
    }

    pub fn pid(&self) -> u32 {
        self.running.as_ref().unwrap().child.id()
    }

    /// The line on standard output that begins so, waited for.
    pub fn says(&mut self, begins: &str) -> String {
        let running = self.running.as_mut().unwrap();
        loop {
            if let Some(line) = running.said.iter().find(|line| line.starts_with(begins)) {
                return line.clone();
            }
            match running.lines.recv_timeout(PATIENCE) {
                Ok(line) => running.said.push(line),
                Err(RecvTimeoutError::Timeout) => panic!("no line {begins:?} after {:?}", running.said),
                Err(RecvTimeoutError::Disconnected) => {
                    panic!("ended: {:?}, {}", running.said, running.log.lock().unwrap())
                }
            }
        }
    }

    /// Standard error so far.
    pub fn log(&self) -> String {
        self.running.as_ref().unwrap().log.lock().unwrap().clone()
    }

    /// Asks it to end as an init system does; the answer is its exit code. Its log must hold no secret.
    pub fn stop(&mut self) -> Option<i32> {
        self.ask_to_stop();
        let mut running = self.running.take().unwrap();
        let code = wait(|| running.child.try_wait().unwrap(), "the server to end").code();
        let log = running.log.lock().unwrap();
        for secret in secrets().lock().unwrap().iter() {
            assert!(!log.contains(secret.as_str()), "the log holds {secret}: {log}");
        }
        code
    }

    /// Sends SIGTERM, and does not wait.
    pub fn ask_to_stop(&self) {
        let pid = self.pid().to_string();
        let sent = std::process::Command::new("sh").args(["-c", "kill -TERM \"$0\"", &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// kill -9.
    pub fn kill(&mut self) {
        let mut running = self.running.take().unwrap();
        running.child.kill().unwrap();
        running.child.wait().unwrap();
    }

    /// Stops it, and starts it at another instant.
    pub fn restart_at(&mut self, now: &str) {
        assert_eq!(self.stop(), Some(0));
        self.house.at(now);
        self.start();
    }

    /// Somebody with a browser who is not signed in.
    pub fn visitor(&self) -> Visitor {
        Visitor::new(self.address())
    }

    /// Somebody with a browser who is.
    pub fn sign_in(&self, name: &str) -> Visitor {
        let mut visitor = self.visitor();
        visitor.sign_in(name, PASSWORD).expect(303);
        visitor
    }

    /// Id and secret of a new client.
    pub fn client(&self, scopes: &[&str]) -> (String, String) {
        let number = secrets().lock().unwrap().len();
        let name = format!("{} {number}", scopes.join(" "));
        let mut arguments = vec!["client", "add", &name, "--json", "--scope"];
        arguments.extend(scopes);
        let made = self.house.run(arguments).done().json();
        let text = |field: &str| made[field].as_str().unwrap().to_owned();
        secrets().lock().unwrap().insert(text("client_secret"));
        (text("client_id"), text("client_secret"))
    }

    /// A token of a new client.
    pub fn token(&self, scopes: &[&str]) -> String {
        let (id, secret) = self.client(scopes);
        self.token_of(&id, &secret)
    }

    pub fn token_of(&self, id: &str, secret: &str) -> String {
        let body = serde_json::json!({ "ClientId": id, "ClientSecret": secret });
        let answer = Api::new(self.address(), None).post_json("/root/tokens/clients", &body).expect(200);
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        secrets().lock().unwrap().insert(token.clone());
        token
    }

    /// A program that calls the API with a token of its own.
    pub fn api(&self, scopes: &[&str]) -> Api {
        Api::new(self.address(), Some(self.token(scopes)))
    }

    /// The same with a token that is there, or none.
    pub fn api_with(&self, token: Option<&str>) -> Api {
        Api::new(self.address(), token.map(str::to_owned))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if self.running.is_none() {
            return;
        }
        if std::thread::panicking() {
            eprintln!("log of the server: {}", self.log());
            return self.kill();
        }
        assert_eq!(self.stop(), Some(0), "exit code");
    }
}

/// Adds an account with the one password of these tests.
pub fn account(house: &House, name: &str, role: &str) {
    secrets().lock().unwrap().insert(PASSWORD.to_owned());
    house.run_with(&["account", "add", name, "--role", role, "--password-stdin"], PASSWORD).done();
}

/// Asks again and again until there is an answer.
pub fn wait<T>(mut ask: impl FnMut() -> Option<T>, what: &str) -> T {
    let pause = Duration::from_millis(20);
    for _ in 0..PATIENCE.as_millis() / pause.as_millis() {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(pause);
    }
    panic!("waited in vain for {what}");
}
