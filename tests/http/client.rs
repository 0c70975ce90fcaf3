//! Who talks to the server: a person with a browser, and a program with a token. Cookies are kept and sent by hand.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::{LazyLock, Mutex};
use std::time::Duration;

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use serde_json::Value;

static HTTP: LazyLock<Client> = LazyLock::new(|| {
    Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .pool_max_idle_per_host(0)
        .timeout(Duration::from_secs(120))
        .no_proxy()
        .build()
        .unwrap()
});

/// What must stand in no log: passwords, secrets, tokens, keys of sessions.
pub fn secrets() -> &'static Mutex<HashSet<String>> {
    static SECRETS: LazyLock<Mutex<HashSet<String>>> = LazyLock::new(Mutex::default);
    &SECRETS
}

#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    fn of(request: RequestBuilder) -> Self {
        let response = request.send().unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Self { status, headers, bytes: response.bytes().unwrap().to_vec() }
    }

    /// Fails unless this is the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{:?} {}", self.headers, self.text());
        self
    }

    /// Fails unless it is a problem with this status and code, in the one form of problems.
    #[track_caller]
    pub fn problem(self, status: u16, code: &str) -> Value {
        let answer = self.expect(status);
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
        let problem = answer.json();
        assert_eq!(problem["status"], status);
        assert_eq!(problem["code"], code, "{problem}");
        assert!(problem["type"].as_str().unwrap().ends_with(code));
        for field in ["title", "detail", "instance"] {
            assert!(!problem[field].as_str().unwrap().is_empty(), "{problem}");
        }
        problem
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// Where it leads to.
    pub fn location(&self) -> &str {
        self.header("location").unwrap()
    }

    /// Value of the field of a form.
    pub fn field(&self, name: &str) -> Option<String> {
        let text = self.text();
        let (_, behind) = text.split_once(&format!("name=\"{name}\" value=\""))?;
        let mut value = behind.split('"').next().unwrap().to_owned();
        // As askama writes them; the ampersand last.
        for (written, meant) in
            [("&#34;", "\""), ("&#39;", "'"), ("&#60;", "<"), ("&#62;", ">"), ("&#38;", "&")]
        {
            value = value.replace(written, meant);
        }
        Some(value)
    }
}

/// A person with a browser.
pub struct Visitor {
    address: String,
    /// `name=value`, as it is sent.
    pub cookie: Option<String>,
    csrf: RefCell<Option<String>>,
}

impl Visitor {
    pub fn new(address: &str) -> Self {
        Self { address: address.to_owned(), cookie: None, csrf: RefCell::default() }
    }

    /// A request of this browser, to be sent with [`Visitor::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = HTTP.request(method, format!("{}{path}", self.address));
        match &self.cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        }
    }

    pub fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    /// The page that an answer leads to.
    #[track_caller]
    pub fn follow(&self, answer: &Answer) -> Answer {
        assert_eq!(answer.status, 303, "{}", answer.text());
        self.get(answer.location())
    }

    /// Sends a form as a page of ours does, with the token of the session.
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_bare(path, &all)
    }

    /// Sends exactly these fields.
    pub fn post_bare(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields))
    }

    /// The token of the session's forms; nothing without a session.
    pub fn csrf(&self) -> String {
        if self.cookie.is_none() {
            return String::new();
        }
        let mut known = self.csrf.borrow_mut();
        let token = known.get_or_insert_with(|| self.get("/").expect(200).field("csrf").unwrap());
        secrets().lock().unwrap().insert(token.clone());
        token.clone()
    }

    pub fn sign_in(&mut self, name: &str, password: &str) -> Answer {
        if password.len() > 8 {
            secrets().lock().unwrap().insert(password.to_owned());
        }
        let answer = self.post_bare("/sign-in", &[("name", name), ("password", password)]);
        self.take_cookie(&answer);
        answer
    }

    /// Keeps the cookie that an answer sets.
    pub fn take_cookie(&mut self, answer: &Answer) {
        if let Some(set) = answer.header("set-cookie") {
            let pair = set.split(';').next().unwrap().to_owned();
            let value = pair.split_once('=').unwrap().1.to_owned();
            self.cookie = (!value.is_empty()).then_some(pair);
            self.csrf = RefCell::default();
            if !value.is_empty() {
                secrets().lock().unwrap().insert(value);
            }
        }
    }
}

/// A program.
pub struct Api {
    address: String,
    pub token: Option<String>,
}

impl Api {
    pub fn new(address: &str, token: Option<String>) -> Self {
        Self { address: address.to_owned(), token }
    }

    /// A request of this program, to be sent with [`Api::send`].
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = HTTP.request(method, format!("{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub fn send(&self, request: RequestBuilder) -> Answer {
        Answer::of(request)
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    pub fn post_json(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::POST, path).json(body))
    }

    pub fn patch_json(&self, path: &str, body: &Value) -> Answer {
        self.send(self.request(Method::PATCH, path).json(body))
    }

    /// Hands in a file.
    pub fn upload(&self, name: &str, bytes: &[u8]) -> Answer {
        let request = self.request(Method::POST, "/api/v1/uploads").header("x-filename", name);
        self.send(request.body(bytes.to_vec()))
    }
}
