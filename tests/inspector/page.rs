//! Whoever looks: a client of the admin listener that says what it likes in its head.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::handshake;
use hyper::{HeaderMap, Method, Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use super::TOKEN;
use super::support::daemon::Daemon;

/// The inspector of a daemon.
pub(crate) struct Page {
    pub(crate) admin: SocketAddr,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> String {
        let value = self.headers.get(name);
        value
            .map(|value| value.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }
}

impl Page {
    pub(crate) fn of(daemon: &Daemon) -> Self {
        Self {
            admin: daemon.admin,
        }
    }

    /// Sends a request with these headers, and `host` unless it is among them.
    async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Response<Incoming> {
        let stream = TcpStream::connect(self.admin).await.unwrap();
        let (mut sender, io) = handshake(TokioIo::new(stream)).await.unwrap();
        tokio::spawn(io);
        let mut request = Request::new(Full::new(Bytes::from(body.to_owned())));
        *request.method_mut() = Method::from_bytes(method.as_bytes()).unwrap();
        *request.uri_mut() = path.parse().unwrap();
        let own = self.admin.to_string();
        if !headers.iter().any(|(name, _)| *name == "host") {
            request.headers_mut().append("host", own.parse().unwrap());
        }
        for (name, value) in headers {
            let name: hyper::header::HeaderName = name.parse().unwrap();
            request.headers_mut().append(name, value.parse().unwrap());
        }
        sender.send_request(request).await.unwrap()
    }

    /// Asks without a token, unless it is among the headers.
    pub(crate) async fn ask(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let asked = async {
            let (head, body) = self.send(method, path, headers, body).await.into_parts();
            Answer {
                status: head.status.as_u16(),
                headers: head.headers,
                body: body.collect().await.unwrap().to_bytes().to_vec(),
            }
        };
        tokio::time::timeout(super::support::PATIENCE, asked)
            .await
            .expect("an answer")
    }

    /// A file or piece of the API below `/inspector/api/`, with the token.
    pub(crate) async fn raw(&self, path: &str) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        self.ask(
            "GET",
            &format!("/inspector/api/{path}"),
            &[("authorization", &bearer)],
            "",
        )
        .await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.raw(path).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {TOKEN}");
        let headers = [
            ("authorization", bearer.as_str()),
            ("content-type", "application/json"),
        ];
        self.ask(
            "POST",
            &format!("/inspector/api/{path}"),
            &headers,
            &body.to_string(),
        )
        .await
    }

    /// The detail of the latest exchange, once it is there.
    pub(crate) async fn latest(&self) -> Value {
        self.kept(1).await
    }

    /// The detail of the latest, once there are `count`.
    pub(crate) async fn kept(&self, count: usize) -> Value {
        super::support::until("exchanges are kept", Duration::from_secs(5), || async {
            self.get("exchanges").await["exchanges"]
                .as_array()
                .unwrap()
                .len()
                >= count
        })
        .await;
        let list = self.get("exchanges").await;
        self.get(&format!("exchanges/{}", list["exchanges"][0]["seq"]))
            .await
    }

    /// A connection that asks to read along, and leaves what comes where it is.
    pub(crate) async fn live_unread(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.admin).await.unwrap();
        let head = format!(
            "GET /inspector/api/live HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {TOKEN}\r\n\r\n",
            self.admin
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    /// Reads along.
    pub(crate) async fn live(&self, after: Option<u64>) -> Live {
        let bearer = format!("Bearer {TOKEN}");
        let mut headers = vec![("authorization", bearer.as_str())];
        let last = after.map(|after| after.to_string());
        if let Some(last) = &last {
            headers.push(("last-event-id", last));
        }
        self.live_as(&headers).await
    }

    /// Reads along with these headers.
    pub(crate) async fn live_as(&self, headers: &[(&str, &str)]) -> Live {
        let response = self.send("GET", "/inspector/api/live", headers, "").await;
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Live {
            body: response.into_body(),
            text: String::new(),
        }
    }
}

/// A stream of events.
pub(crate) struct Live {
    body: Incoming,
    text: String,
}

impl Live {
    /// The next event that has a name: that, and its data.
    pub(crate) async fn next(&mut self, within: Duration) -> (String, Value) {
        let read = async {
            loop {
                while let Some((event, rest)) = self.text.split_once("\n\n") {
                    let event = event.to_owned();
                    self.text = rest.to_owned();
                    let line = |name: &str| {
                        let mut lines = event.lines();
                        lines
                            .find_map(|line| line.strip_prefix(name))
                            .map(str::to_owned)
                    };
                    if let (Some(name), Some(data)) = (line("event: "), line("data: ")) {
                        return (name, serde_json::from_str(&data).unwrap());
                    }
                }
                let frame = self
                    .body
                    .frame()
                    .await
                    .expect("the stream goes on")
                    .unwrap();
                self.text
                    .push_str(std::str::from_utf8(frame.data_ref().unwrap()).unwrap());
            }
        };
        tokio::time::timeout(within, read)
            .await
            .expect("an event in time")
    }

    /// All that comes until the stream ends.
    pub(crate) async fn rest(self, within: Duration) -> String {
        let read = tokio::time::timeout(within, self.body.collect()).await;
        let rest = read.expect("it ends in time").unwrap().to_bytes();
        self.text + std::str::from_utf8(&rest).unwrap()
    }

    pub(crate) async fn next_exchange(&mut self, within: Duration) -> Value {
        let (name, data) = self.next(within).await;
        assert_eq!(name, "exchange");
        data
    }
}
