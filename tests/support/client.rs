//! An HTTP/1.1 client with a pool of kept-alive connections. It sends every request once: a
//! client that quietly sent again would hide what these tests count.

use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Method, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Beyond every deadline that a test sets the daemon: a request that takes longer hangs.
const HANGS_AFTER: Duration = Duration::from_secs(60);
/// A connection that was idle for longer is not used again: the daemon, which ends those that are idle for a
/// second at the least in these tests, may be just closing it.
const FRESH_FOR: Duration = Duration::from_millis(400);

type Connection = SendRequest<Full<Bytes>>;

/// Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    /// With the moment since when each is idle.
    idle: Arc<Mutex<Vec<(Connection, Instant)>>>,
}

/// Why there is no reply.
#[derive(Debug)]
pub enum Failure {
    Connect(std::io::Error),
    Broken(hyper::Error),
    Hung,
}

/// A whole response.
#[derive(Clone)]
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// From before the request was sent to after the last byte was read.
    pub took: Duration,
    /// When the last byte was read.
    pub at: Instant,
}

impl Reply {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; panics when it is none.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: the body is no JSON: {self:?}"))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The `reason` in the body.
    pub fn reason(&self) -> String {
        self.json()["reason"]
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { status, took, .. } = self;
        write!(f, "{status} after {took:?}: {}", self.text())
    }
}

impl Client {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            idle: Arc::default(),
        }
    }

    pub async fn get(&self, path: &str) -> Reply {
        self.request(Method::GET, path, &[], Bytes::new()).await
    }

    /// POST with these headers (a name may come twice).
    pub async fn post(
        &self,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Bytes>,
    ) -> Reply {
        self.request(Method::POST, path, headers, body.into()).await
    }

    /// Panics when there is no reply.
    pub async fn request(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Reply {
        let what = format!("{method} {path}");
        match self.attempt(method, path, headers, body).await {
            Ok(reply) => reply,
            Err(failure) => panic!("{what}: {failure:?}"),
        }
    }

    pub async fn attempt(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Bytes,
    ) -> Result<Reply, Failure> {
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = method;
        *request.uri_mut() = path.parse().expect("a path");
        for (name, value) in headers {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a header's name");
            let value = HeaderValue::from_bytes(value.as_bytes()).expect("a header's value");
            request.headers_mut().append(name, value);
        }
        let host = HeaderValue::from_static("hooks.example.com");
        request.headers_mut().entry(HOST).or_insert(host);
        let began = Instant::now();
        let whole = self.exchange(request, began);
        tokio::time::timeout(HANGS_AFTER, whole)
            .await
            .map_err(|_| Failure::Hung)?
    }

    async fn exchange(
        &self,
        request: Request<Full<Bytes>>,
        began: Instant,
    ) -> Result<Reply, Failure> {
        let mut connection = self.connection().await?;
        let response = connection
            .send_request(request)
            .await
            .map_err(Failure::Broken)?;
        let (head, body) = response.into_parts();
        let body = body.collect().await.map_err(Failure::Broken)?.to_bytes();
        let at = Instant::now();
        self.idle
            .lock()
            .expect("no test panics in it")
            .push((connection, at));
        Ok(Reply {
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            took: at - began,
            at,
        })
    }

    async fn connection(&self) -> Result<Connection, Failure> {
        loop {
            let idle = self.idle.lock().expect("no test panics in it").pop();
            let Some((mut connection, since)) = idle else {
                break;
            };
            if since.elapsed() < FRESH_FOR && connection.ready().await.is_ok() {
                return Ok(connection);
            }
        }
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(Failure::Connect)?;
        stream.set_nodelay(true).map_err(Failure::Connect)?;
        let (connection, io) = handshake(TokioIo::new(stream))
            .await
            .map_err(Failure::Broken)?;
        tokio::spawn(io);
        Ok(connection)
    }

    /// Sends bytes as they are on a connection of their own, ends the sending side if `finish`,
    /// and returns what comes back until the daemon closes or `within` is over.
    pub async fn raw(&self, bytes: &[u8], finish: bool, within: Duration) -> String {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        // The daemon may refuse and close before it has read everything.
        let _ = stream.write_all(bytes).await;
        if finish {
            let _ = stream.shutdown().await;
        }
        let mut answer = Vec::new();
        let mut buffer = [0; 8192];
        let read = async {
            while let Ok(count @ 1..) = stream.read(&mut buffer).await {
                answer.extend_from_slice(&buffer[..count]);
            }
        };
        let _ = tokio::time::timeout(within, read).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}
