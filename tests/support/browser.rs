//! A browser: headless Chromium, controlled through WebDriver (W3C), which is HTTP and JSON.

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tempfile::TempDir;
use ureq::Agent;

use super::net::free_port;
use super::program::{PATIENCE, Program};

pub(crate) struct Browser {
    /// Dropped last, after the session has been closed.
    _driver: Program,
    _profile: TempDir,
    agent: Agent,
    session: String,
}

/// The key under which WebDriver names an element (W3C WebDriver 11).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

impl Browser {
    pub(crate) fn open() -> Browser {
        let port = free_port();
        let mut command = Command::new("chromedriver");
        command.arg(format!("--port={port}"));
        let driver = Program::start("chromedriver", &mut command);
        driver.wait_for_line("that it has started", |line| line.contains("started successfully"));
        let profile = tempfile::tempdir().unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(PATIENCE + Duration::from_secs(30)))
            .build()
            .new_agent();
        let mut browser = Browser {
            _driver: driver,
            agent,
            session: format!("http://127.0.0.1:{port}/session"),
            _profile: profile,
        };
        let arguments = [
            "--headless=new".to_owned(),
            // Containers lack what the sandbox needs, and the page is our own.
            "--no-sandbox".to_owned(),
            "--disable-gpu".to_owned(),
            "--disable-dev-shm-usage".to_owned(),
            "--window-size=1600,1000".to_owned(),
            format!("--user-data-dir={}", browser._profile.path().display()),
        ];
        let wish = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome",
            "goog:chromeOptions": { "binary": "/usr/bin/chromium", "args": arguments },
            // An element search waits this long, because the page changes.
            "timeouts": { "implicit": PATIENCE.as_millis() as u64 },
        } } });
        let opened = browser.post("", &wish);
        browser.session += &format!("/{}", opened["sessionId"].as_str().unwrap());
        browser
    }

    pub(crate) fn go(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// Makes the window so large, in CSS pixels; a headless window would not be narrower than 500.
    pub(crate) fn resize(&self, width: u32, height: u32) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        let command = "Emulation.setDeviceMetricsOverride";
        self.post("/goog/cdp/execute", &json!({ "cmd": command, "params": size }));
    }

    /// Waits until this is on the page.
    pub(crate) fn find(&self, selector: &str) -> String {
        let found = self.post("/element", &json!({ "using": "css selector", "value": selector }));
        found[ELEMENT].as_str().unwrap().to_owned()
    }

    pub(crate) fn fill(&self, selector: &str, text: &str) {
        let element = self.find(selector);
        self.post(&format!("/element/{element}/value"), &json!({ "text": text }));
    }

    pub(crate) fn click(&self, selector: &str) {
        let element = self.find(selector);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    pub(crate) fn text(&self, selector: &str) -> String {
        let element = self.find(selector);
        let url = format!("{}/element/{element}/text", self.session);
        value(self.agent.get(url).call()).as_str().unwrap().to_owned()
    }

    /// The awaited result of a piece of JavaScript.
    pub(crate) fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", &json!({ "script": script, "args": [] }))
    }

    fn post(&self, path: &str, body: &Value) -> Value {
        let request = self.agent.post(format!("{}{path}", self.session));
        value(request.content_type("application/json").send(body.to_string()))
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let _ = self.agent.delete(&self.session).call();
    }
}

fn value(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Value {
    let mut answer = answer.unwrap();
    let status = answer.status();
    let text = answer.body_mut().read_to_string().unwrap();
    assert!(status.is_success(), "WebDriver: {status} {text}");
    let mut body: Value = serde_json::from_str(&text).unwrap();
    body["value"].take()
}
