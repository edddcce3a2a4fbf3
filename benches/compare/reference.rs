//! The reference points that are ours: what the daemon is set beside. Each is this program again, told which one by its
//! first arguments, and configured like every other server of the bench by its environment: [`Told`].

use std::sync::Arc;

use bytes::Bytes;
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sha2::Sha256;
use tokio::net::TcpListener;

#[path = "reference/kafka.rs"]
mod kafka;
#[path = "reference/producer.rs"]
pub mod producer;
#[path = "reference/rabbitmq.rs"]
mod rabbitmq;

/// Names the reference to a process of this program.
pub const ARGUMENT: &str = "reference";

/// What every server of the bench is told by its environment.
pub struct Told {
    pub port: u16,
    pub secret: String,
    /// Kafka's `host:port`.
    pub kafka: String,
    /// RabbitMQ's URL.
    pub rabbitmq: String,
    /// The topic, or the exchange.
    pub name: String,
}

impl Told {
    pub fn by_environment() -> Self {
        let told = |name: &str| {
            let name = format!("HOOKFERRY_BENCH_{name}");
            std::env::var(&name).unwrap_or_else(|_| panic!("{name} is not set"))
        };
        Self {
            port: told("PORT").parse().expect("a port"),
            secret: told("SECRET"),
            kafka: told("KAFKA"),
            rabbitmq: told("RABBITMQ"),
            name: told("NAME"),
        }
    }
}

/// Runs one until it is killed.
pub fn run(which: &str) {
    if which == "producer" {
        return producer::run(&Told::by_environment());
    }
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let told = Told::by_environment();
        match which {
            "bare" => serve(&told, None, Sink::None).await,
            "hmac" => serve(&told, Some(key(&told)), Sink::None).await,
            "kafka" => {
                let sink = Sink::Kafka(kafka::Kafka::new(&told));
                serve(&told, Some(key(&told)), sink).await;
            }
            "rabbitmq" => {
                let sink = Sink::RabbitMq(Box::new(rabbitmq::RabbitMq::new(&told).await));
                serve(&told, Some(key(&told)), sink).await;
            }
            other => panic!("no reference is called {other}"),
        }
    });
}

fn key(told: &Told) -> Hmac<Sha256> {
    Hmac::new_from_slice(told.secret.as_bytes()).expect("a key")
}

enum Sink {
    None,
    Kafka(kafka::Kafka),
    RabbitMq(Box<rabbitmq::RabbitMq>),
}

impl Sink {
    /// Returns once the broker has confirmed the message.
    async fn publish(&self, headers: &HeaderMap, body: Bytes) -> Result<(), ()> {
        match self {
            Self::None => Ok(()),
            Self::Kafka(kafka) => kafka.publish(headers, &body).await,
            Self::RabbitMq(rabbitmq) => rabbitmq.publish(headers, &body).await,
        }
    }
}

async fn serve(told: &Told, key: Option<Hmac<Sha256>>, sink: Sink) {
    let listener = TcpListener::bind(("127.0.0.1", told.port)).await;
    let listener = listener.expect("the port");
    let shared = Arc::new((key, sink));
    loop {
        let (stream, _) = listener.accept().await.expect("a connection");
        stream.set_nodelay(true).expect("nodelay");
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(move |request| receive(request, Arc::clone(&shared)));
            let _ = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
    }
}

async fn receive(
    request: Request<Incoming>,
    shared: Arc<(Option<Hmac<Sha256>>, Sink)>,
) -> Result<Response<Full<Bytes>>, hyper::Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await?.to_bytes();
    let (key, sink) = &*shared;
    let status = match key {
        Some(key) if !genuine(key, &head.headers, &body) => StatusCode::UNAUTHORIZED,
        _ => match sink.publish(&head.headers, body).await {
            Ok(()) => StatusCode::ACCEPTED,
            Err(()) => StatusCode::SERVICE_UNAVAILABLE,
        },
    };
    let mut response = Response::new(Full::default());
    *response.status_mut() = status;
    Ok(response)
}

fn genuine(key: &Hmac<Sha256>, headers: &HeaderMap, body: &[u8]) -> bool {
    let given = headers.get("x-hub-signature-256");
    let given = given.and_then(|value| value.as_bytes().strip_prefix(b"sha256="));
    let Some(given) = given.and_then(|text| hex::decode(text).ok()) else {
        return false;
    };
    let mut mac = key.clone();
    mac.update(body);
    mac.verify_slice(&given).is_ok()
}

/// A header's bytes; none when it is not there.
fn header<'a>(headers: &'a HeaderMap, name: &str) -> &'a [u8] {
    headers.get(name).map_or(&[], |value| value.as_bytes())
}
