//! Debian's Chromium, driven by its chromedriver as the WebDriver standard says
//! (<https://www.w3.org/TR/webdriver2/>): clicks and keys come in as the operating system's would.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// How long a page may take to become what a test waits for.
const PATIENCE: Duration = super::PATIENCE;
/// How long the driver may take for one command.
const ANSWERS_WITHIN: Duration = Duration::from_secs(120);
/// The name of an element's reference, fixed by the standard.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

pub const ENTER: &str = "\u{e007}";
pub const ESCAPE: &str = "\u{e00c}";
pub const TAB: &str = "\u{e004}";
pub const DOWN: &str = "\u{e015}";

/// A browser with one window. It ends when it is dropped.
pub struct Browser {
    driver: Child,
    address: SocketAddr,
    session: String,
    /// What was taken out of the driver's log so far.
    seen: Mutex<Seen>,
}

#[derive(Default)]
struct Seen {
    console: Vec<String>,
    requests: Vec<String>,
}

impl Browser {
    pub fn start() -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is installed: see tests/run");
        let said = driver.stdout.take().expect("it was piped");
        let port = port_in(said);
        let mut browser = Self {
            driver,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            session: String::new(),
            seen: Mutex::default(),
        };
        // No name is resolved and no sandbox is made: tests run as root in containers, and a request
        // to a stranger is to fail as well as to be seen.
        let options = json!({ "args": [
            "--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
            "--hide-scrollbars", "--lang=en", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        ] });
        let wanted = json!({
            "goog:chromeOptions": options,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "unhandledPromptBehavior": "ignore",
        });
        let made = browser.command(
            "POST",
            "/session",
            &json!({ "capabilities": { "alwaysMatch": wanted } }),
        );
        let id = made["sessionId"].as_str().expect("a session");
        browser.session = format!("/session/{id}");
        browser.viewport(1280, 800);
        browser
    }

    // --- The page

    pub fn open(&self, url: &str) {
        self.post("/url", &json!({ "url": url }));
    }

    /// The value of a script's `return`.
    pub fn script(&self, script: &str) -> Value {
        self.script_with(script, &[])
    }

    pub fn script_with(&self, script: &str, arguments: &[Value]) -> Value {
        self.post(
            "/execute/sync",
            &json!({ "script": script, "args": arguments }),
        )
    }

    /// Asks until an expression is true.
    pub fn wait(&self, what: &str, expression: &str) {
        let began = Instant::now();
        while self.script(&format!("return Boolean({expression})")) != json!(true) {
            assert!(
                began.elapsed() < PATIENCE,
                "not within {PATIENCE:?}: {what}: {expression}\nthe page says:\n{}\nits log: {:?}",
                self.text("body"),
                self.console(),
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until an element is there.
    pub fn see(&self, css: &str) {
        let wanted = json!(css);
        self.wait(css, &format!("document.querySelector({wanted})"));
    }

    /// Waits until an element that is there holds this text.
    pub fn see_text(&self, css: &str, text: &str) {
        let (css, wanted) = (json!(css), json!(text));
        let holds = format!(
            "[...document.querySelectorAll({css})].some((it) => it.innerText.includes({wanted}))"
        );
        self.wait(text, &holds);
    }

    /// What can be read of the first such element.
    pub fn text(&self, css: &str) -> String {
        let found = self.script_with(
            "return document.querySelector(arguments[0])?.innerText ?? null",
            &[json!(css)],
        );
        let text = found.as_str();
        text.unwrap_or_else(|| panic!("there is no {css}"))
            .to_owned()
    }

    pub fn texts(&self, css: &str) -> Vec<String> {
        let found = self.script_with(
            "return [...document.querySelectorAll(arguments[0])].map((it) => it.innerText)",
            &[json!(css)],
        );
        serde_json::from_value(found).expect("texts")
    }

    pub fn count(&self, css: &str) -> usize {
        self.texts(css).len()
    }

    // --- Pointer and keys

    /// Clicks in the middle of an element, once it is there, can be seen, and lies under nothing else.
    pub fn click(&self, css: &str) {
        let wanted = json!(css);
        let reachable = format!(
            "(() => {{ const it = document.querySelector({wanted}); if (!it || it.disabled) return false; \
             it.scrollIntoView({{ block: 'nearest' }}); const at = it.getBoundingClientRect(); \
             const top = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2); \
             return it.contains(top); }})()"
        );
        self.wait(&format!("{css} can be clicked"), &reachable);
        let element = self.element(css);
        self.post(&format!("/element/{element}/click"), &json!({}));
    }

    /// Clicks a field and writes into it, after what it holds.
    pub fn fill(&self, css: &str, text: &str) {
        self.click(css);
        self.keys(text);
    }

    /// The same in place of what it holds.
    pub fn refill(&self, css: &str, text: &str) {
        self.see(css);
        let element = self.element(css);
        self.post(&format!("/element/{element}/clear"), &json!({}));
        self.fill(css, text);
    }

    /// Chooses an option as a user of the keyboard does.
    pub fn choose(&self, css: &str, option: &str) {
        self.see(css);
        let element = self.element(css);
        let keys = json!({ "text": option });
        self.post(&format!("/element/{element}/value"), &keys);
    }

    /// Presses keys one after the other, wherever the focus is.
    pub fn keys(&self, keys: &str) {
        let actions = keys.chars().flat_map(|key| {
            let key = key.to_string();
            ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key }))
        });
        let actions: Vec<_> = actions.collect();
        let keyboard = json!({ "type": "key", "id": "keyboard", "actions": actions });
        self.post("/actions", &json!({ "actions": [keyboard] }));
    }

    fn element(&self, css: &str) -> String {
        let wanted = json!({ "using": "css selector", "value": css });
        let found = self.post("/element", &wanted);
        found[ELEMENT].as_str().expect("an element").to_owned()
    }

    // --- What it is shown on

    pub fn viewport(&self, width: u32, height: u32) {
        self.screen(width, height, 1);
    }

    /// With `density` pixels to a pixel of the page.
    pub fn screen(&self, width: u32, height: u32, density: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": density, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", &metrics);
    }

    /// `light` or `dark`, as the user's system says.
    pub fn scheme(&self, scheme: &str) {
        self.media("prefers-color-scheme", scheme);
    }

    pub fn media(&self, feature: &str, value: &str) {
        let features = json!({ "features": [{ "name": feature, "value": value }] });
        self.devtools("Emulation.setEmulatedMedia", &features);
    }

    pub fn devtools(&self, command: &str, parameters: &Value) -> Value {
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": parameters }),
        )
    }

    /// Writes a PNG of what can be seen.
    pub fn screenshot(&self, path: &Path) {
        let picture = self.command("GET", &format!("{}/screenshot", self.session), &Value::Null);
        let picture = STANDARD.decode(picture.as_str().expect("a picture"));
        std::fs::write(path, picture.expect("base64")).expect("it can be written");
    }

    /// The text of a dialog of the page's script, where one is open.
    pub fn dialog(&self) -> Option<String> {
        let path = format!("{}/alert/text", self.session);
        let (status, said) = self.attempt("GET", &path, &Value::Null);
        (status == 200).then(|| said["value"].to_string())
    }

    // --- What it did

    /// Every warning and error of the page so far: faults of scripts, and of the content's policy.
    pub fn console(&self) -> Vec<String> {
        self.take_logs();
        self.seen
            .lock()
            .expect("no test panics in it")
            .console
            .clone()
    }

    /// Every URL that was asked for so far.
    pub fn requests(&self) -> Vec<String> {
        self.take_logs();
        let seen = self.seen.lock().expect("no test panics in it");
        seen.requests.clone()
    }

    fn take_logs(&self) {
        let lines = |kind: &str| {
            let taken = self.post("/se/log", &json!({ "type": kind }));
            taken.as_array().cloned().unwrap_or_default()
        };
        let (console, network) = (lines("browser"), lines("performance"));
        let mut seen = self.seen.lock().expect("no test panics in it");
        for line in console {
            if !matches!(line["level"].as_str(), Some("INFO" | "DEBUG")) {
                let text = line["message"].as_str().unwrap_or_default();
                seen.console.push(text.to_owned());
            }
        }
        for line in network {
            let text = line["message"].as_str().unwrap_or_default();
            let event: Value = serde_json::from_str(text).expect("the log is JSON");
            let event = &event["message"];
            if event["method"] == "Network.requestWillBeSent" {
                let url = event["params"]["request"]["url"].as_str();
                seen.requests.push(url.unwrap_or_default().to_owned());
            }
        }
    }

    // --- The driver

    fn post(&self, path: &str, body: &Value) -> Value {
        self.command("POST", &format!("{}{path}", self.session), body)
    }

    fn command(&self, method: &str, path: &str, body: &Value) -> Value {
        let (status, mut answer) = self.attempt(method, path, body);
        let value = answer["value"].take();
        assert_eq!(
            status, 200,
            "{method} {path} {body}: {}: {}",
            value["error"], value["message"]
        );
        value
    }

    fn attempt(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let mut stream = TcpStream::connect(self.address).expect("chromedriver listens");
        let bound = stream.set_read_timeout(Some(ANSWERS_WITHIN));
        bound.expect("a socket");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            self.address,
            body.len()
        );
        let sent = stream.write_all((head + &body).as_bytes());
        sent.expect("chromedriver reads");
        let mut answer = BufReader::new(stream);
        let mut status = None;
        let mut length = 0;
        // The driver keeps the connection open, whatever it is asked.
        loop {
            let mut line = String::new();
            let read = answer.read_line(&mut line);
            read.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
            let line = line.trim_end().to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            } else if status.is_none() {
                status = line.split(' ').nth(1).and_then(|word| word.parse().ok());
            }
        }
        let mut body = vec![0; length];
        let read = answer.read_exact(&mut body);
        read.expect("the whole answer");
        let body = serde_json::from_slice(&body).expect("chromedriver answers JSON");
        (status.expect("a status"), body)
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The driver ends the browser; killed, it would leave it behind.
        if !self.session.is_empty() && TcpStream::connect(self.address).is_ok() {
            let _ = self.attempt("DELETE", &self.session, &Value::Null);
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// The port in "ChromeDriver was started successfully on port 43217."
fn port_in(said: impl std::io::Read + Send + 'static) -> u16 {
    let mut lines = BufReader::new(said).lines();
    let port = lines.by_ref().find_map(|line| {
        let line = line.ok()?;
        let (_, port) = line.split_once("successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    // It goes on writing, and nobody else reads.
    std::thread::spawn(move || lines.for_each(drop));
    port.expect("chromedriver says its port")
}
