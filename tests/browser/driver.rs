//! Chromium, driven by the WebDriver protocol: JSON over HTTP to Debian's chromedriver.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::server::wait;

pub struct Browser {
    driver: Child,
    http: Client,
    session: String,
    _profile: tempfile::TempDir,
}

/// How the key of an element is called in answers.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    /// A window of its own, 1280 pixels wide; without scripts it is as for readers who switched them off.
    pub fn start(scripts: bool) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver, which scripts/test installs");
        let mut lines = BufReader::new(driver.stdout.take().unwrap()).lines();
        let port = lines
            .by_ref()
            .map(Result::unwrap)
            .find_map(|line| {
                Some(line.split_once("started successfully on port ")?.1.trim_end_matches('.').to_owned())
            })
            .unwrap();
        // It goes on to talk.
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
        let profile = tempfile::tempdir().unwrap();
        let http = Client::builder().timeout(Duration::from_secs(120)).no_proxy().build().unwrap();
        let mut arguments: Vec<String> = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--hide-scrollbars",
            "--lang=en",
        ]
        .map(str::to_owned)
        .to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let mut options = json!({ "args": arguments });
        if !scripts {
            options["prefs"] = json!({ "profile.managed_default_content_settings.javascript": 2 });
        }
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "unhandledPromptBehavior": "ignore",
        } } });
        let mut browser =
            Self { driver, http, session: format!("http://127.0.0.1:{port}/session"), _profile: profile };
        let session = browser.post("", &wanted)["sessionId"].as_str().unwrap().to_owned();
        browser.session = format!("{}/{session}", browser.session);
        browser.width(1280);
        browser
    }

    fn told(response: reqwest::blocking::Response) -> Value {
        let status = response.status();
        let body: Value = response.json().unwrap();
        assert!(status.is_success(), "{body:#}");
        body["value"].clone()
    }

    fn post(&self, command: &str, body: &Value) -> Value {
        Self::told(self.http.post(format!("{}{command}", self.session)).json(body).send().unwrap())
    }

    fn read(&self, command: &str) -> Value {
        Self::told(self.http.get(format!("{}{command}", self.session)).send().unwrap())
    }

    pub fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": parameters }))
    }

    pub fn goto(&self, address: &str) {
        self.post("/url", &json!({ "url": address }));
    }

    /// Address of the page.
    pub fn address(&self) -> String {
        self.read("/url").as_str().unwrap().to_owned()
    }

    pub fn title(&self) -> String {
        self.read("/title").as_str().unwrap().to_owned()
    }

    /// What a function with this body returns.
    pub fn script(&self, body: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": body, "args": [] }))
    }

    /// What a function with this body hands to `done`.
    pub fn script_done(&self, body: &str) -> Value {
        let body = format!("const done = arguments[arguments.length - 1]; {body}");
        self.post("/execute/async", &json!({ "script": body, "args": [] }))
    }

    fn find(&self, css: &str) -> Option<String> {
        let found = self.post("/elements", &json!({ "using": "css selector", "value": css }));
        found[0][ELEMENT].as_str().map(str::to_owned)
    }

    fn element(&self, css: &str) -> String {
        wait(|| self.find(css), css)
    }

    pub fn text(&self, css: &str) -> String {
        self.read(&format!("/element/{}/text", self.element(css))).as_str().unwrap().to_owned()
    }

    pub fn click(&self, css: &str) {
        self.post(&format!("/element/{}/click", self.element(css)), &json!({}));
    }

    /// Types into a field, in place of what stands there.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        let kind = self.read(&format!("/element/{element}/attribute/type"));
        let name = self.read(&format!("/element/{element}/name"));
        if kind != "file" && name != "select" {
            self.post(&format!("/element/{element}/clear"), &json!({}));
        }
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    /// Waits for a page whose title begins so.
    pub fn titled(&self, begins: &str) {
        wait(|| self.title().starts_with(begins).then_some(()), begins);
    }

    /// Waits for a page whose main part shows the text.
    pub fn shows(&self, text: &str) {
        // While one page goes and the next comes there is no element to ask.
        let shown = "return (document.querySelector('main') || document.body || {}).innerText || ''";
        let is_there = || self.script(shown).as_str().is_some_and(|shown| shown.contains(text)).then_some(());
        wait(is_there, text);
    }

    pub fn width(&self, pixels: u32) {
        let metrics = json!({ "width": pixels, "height": 1000, "deviceScaleFactor": 1, "mobile": false });
        self.cdp("Emulation.setDeviceMetricsOverride", metrics);
    }

    /// `light` or `dark`, on `screen` or in `print`.
    pub fn media(&self, theme: &str, media: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.cdp("Emulation.setEmulatedMedia", json!({ "media": media, "features": features }));
    }

    /// The whole page as an image.
    pub fn screenshot(&self, file: &Path) {
        let size = self.cdp("Page.getLayoutMetrics", json!({}))["cssContentSize"].clone();
        let height = size["height"].as_f64().unwrap().min(8000.0);
        let clip = json!({ "x": 0, "y": 0, "width": size["width"], "height": height, "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let image = self.cdp("Page.captureScreenshot", wanted)["data"].as_str().unwrap().to_owned();
        let image = base64::engine::general_purpose::STANDARD.decode(image).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, image).unwrap();
    }

    /// Lines of the console since the last call.
    pub fn console(&self) -> Vec<String> {
        let lines = self.post("/se/log", &json!({ "type": "browser" }));
        let lines = lines.as_array().unwrap().iter();
        lines.map(|line| format!("{} {}", line["level"], line["message"].as_str().unwrap())).collect()
    }

    /// Addresses that were asked since the last call.
    pub fn requests(&self) -> Vec<String> {
        let lines = self.post("/se/log", &json!({ "type": "performance" }));
        let told = |line: &Value| -> Option<String> {
            let message: Value = serde_json::from_str(line["message"].as_str()?).ok()?;
            let message = &message["message"];
            let is_request = message["method"].as_str()?.starts_with("Network.requestWillBeSent");
            is_request.then(|| message["params"]["request"]["url"].as_str().map(str::to_owned))?
        };
        lines.as_array().unwrap().iter().filter_map(told).collect()
    }

    /// Fails when anything but `own` was asked, or the page's own rules were broken.
    pub fn asked_nobody_but(&self, own: &str) {
        for request in self.requests() {
            let is_own =
                ["data:", "blob:", "about:", "chrome:"].iter().any(|scheme| request.starts_with(scheme));
            assert!(is_own || request == own || request.starts_with(&format!("{own}/")), "asked {request}");
        }
        for line in self.console() {
            assert!(!line.contains("Content Security Policy"), "{line}");
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Ends Chromium too; where that fails the driver's end has to do.
        let _ = self.http.delete(&self.session).send();
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A folder below target/, which is never committed.
pub fn target(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name)
}
