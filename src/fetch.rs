//! What is asked of providers over HTTPS: their public keys, in the background, and the
//! confirmation of a subscription. Only places that a preset pins are asked; nothing is
//! redirected, and every answer is bounded in size and time. The management API of a RabbitMQ and
//! the schema registry that the configuration names are asked within the same bounds, and so is the
//! collector of traces.

mod resolver;

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;

use crate::authenticate::chain;
use crate::authenticate::fetched::{self, FetchedKeys, KeysFormat, Place};
use crate::metrics::Metrics;
use crate::time::UnixTime;
use resolver::Resolver;

/// The longest answer, bytes.
const ANSWER_BYTES_MAX: usize = 262_144;
/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// How often keys are fetched anew.
const REFRESH: Duration = Duration::from_secs(3600);
/// How often requests' wishes are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// The pause after a failure; it doubles with each until [`PAUSE_MAX`].
const PAUSE: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_secs(300);

type Connector = HttpsConnector<HttpConnector<Resolver>>;

/// A client for HTTPS, with the authorities that the system trusts.
#[derive(Debug, Clone)]
pub struct Fetcher {
    client: Client<Connector, Full<Bytes>>,
    /// For addresses that messages name; it shares no connection with the other.
    wary: Client<Connector, Full<Bytes>>,
}

impl Fetcher {
    /// # Errors
    /// When the system's authorities cannot be read.
    pub fn new() -> Result<Self, String> {
        let roots = roots(None)?;
        if roots.is_empty() {
            return Err("the system's certificate authorities: there are none".to_owned());
        }
        Self::made(roots, true, true)
    }

    /// For a place that the operator names: by plain HTTP too, and with the authorities of `ca` (PEM)
    /// beside the system's.
    ///
    /// # Errors
    /// When the authorities cannot be read.
    pub fn for_operator(ca: Option<&str>) -> Result<Self, String> {
        Self::made(roots(ca)?, false, true)
    }

    /// For a place that the operator names, as [`Fetcher::for_operator`]; each request has a connection of
    /// its own, as a stranger's would.
    ///
    /// # Errors
    /// When the authorities cannot be read.
    pub fn for_deliveries() -> Result<Self, String> {
        Self::made(roots(None)?, false, false)
    }

    fn made(roots: RootCertStore, https_only: bool, pools: bool) -> Result<Self, String> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = |resolver| {
            let mut http = HttpConnector::new_with_resolver(resolver);
            http.enforce_http(false);
            let tls = hyper_rustls::HttpsConnectorBuilder::new().with_tls_config(config.clone());
            let tls = if https_only {
                tls.https_only()
            } else {
                tls.https_or_http()
            };
            let mut client = Client::builder(TokioExecutor::new());
            if !pools {
                client.pool_max_idle_per_host(0);
            }
            client.build(tls.enable_http1().wrap_connector(http))
        };
        Ok(Self {
            client: client(Resolver::anywhere()),
            wary: client(Resolver::wary()),
        })
    }

    /// Asks `url`, and gives its JSON; `None` when it is not found.
    ///
    /// # Errors
    /// Why there is none, without what the answer said.
    pub async fn json(
        &self,
        url: &str,
        authorization: &str,
    ) -> Result<Option<serde_json::Value>, String> {
        let mut authorization = HeaderValue::from_str(authorization)
            .map_err(|_| "user or password cannot be sent".to_owned())?;
        authorization.set_sensitive(true);
        let request = Request::get(url).header(header::AUTHORIZATION, authorization);
        let request = request.body(Full::default());
        let request = request.map_err(|error| error.to_string())?;
        match answer(&self.client, request).await? {
            (StatusCode::NOT_FOUND, _) => Ok(None),
            (status, text) => serde_json::from_str(&success(status, text)?)
                .map(Some)
                .map_err(|_| "it is no JSON".to_owned()),
        }
    }

    /// Asks `url`, within `within`, and gives the answer whatever its status says.
    ///
    /// # Errors
    /// Why there is none.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        url: &str,
        headers: HeaderMap,
        body: Bytes,
        within: Duration,
    ) -> Result<(StatusCode, Bytes), String> {
        let request = Request::builder().method(method).uri(url);
        let request = request.body(Full::new(body));
        let mut request = request.map_err(|error| error.to_string())?;
        *request.headers_mut() = headers;
        let asked = async {
            let response = self.client.request(request).await;
            let response = response.map_err(|error| chained(&error))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
            let body = body.collect().await.map_err(|error| error.to_string())?;
            Ok((status, body.to_bytes()))
        };
        match tokio::time::timeout(within, asked).await {
            Ok(answer) => answer,
            Err(_) => Err("it did not answer in time".into()),
        }
    }

    /// Opens `url`, which a message has a part in, for a subscription that is confirmed so.
    ///
    /// # Errors
    /// Why it was not.
    pub async fn open(&self, url: &str) -> Result<(), String> {
        let request = Request::get(url).body(Full::default());
        let request = request.map_err(|error| error.to_string())?;
        text(&self.wary, request).await.map(|_| ())
    }

    async fn keys(&self, place: &Place, kid: Option<&str>) -> Result<fetched::Found, String> {
        let filled = |text: &str| match kid {
            // The whole URL is the id, where a message names a certificate.
            Some(kid) if text == "{kid}" => kid.to_owned(),
            Some(kid) => text.replace("{kid}", kid),
            None => text.to_owned(),
        };
        let mut request = Request::builder().uri(filled(&place.url));
        if let Some(authorization) = &place.authorization {
            request = request.header(header::AUTHORIZATION, authorization);
        }
        let body = match &place.body {
            None => Bytes::new(),
            Some(body) => {
                request = request
                    .method(Method::POST)
                    .header(header::CONTENT_TYPE, "application/json");
                filled(body).into()
            }
        };
        let request = request.body(Full::new(body));
        // A certificate's address is a message's word.
        let client = if place.format == KeysFormat::Certificate {
            &self.wary
        } else {
            &self.client
        };
        let text = self::text(client, request.map_err(|error| error.to_string())?).await?;
        let text = if place.format == KeysFormat::Openid {
            let request = Request::get(fetched::key_set_of(place, &text)?).body(Full::default());
            let request = request.map_err(|error| error.to_string())?;
            self::text(client, request).await?
        } else {
            text
        };
        if place.format == KeysFormat::Certificate {
            chain::is_trustworthy(&text, &place.names, UnixTime::now())?;
        }
        fetched::parse(place, kid, &text)
    }
}

/// Asks, and gives the answer's text.
///
/// # Errors
/// Why there is none, without what the answer said.
async fn text(
    client: &Client<Connector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<String, String> {
    let (status, text) = answer(client, request).await?;
    success(status, text)
}

async fn answer(
    client: &Client<Connector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<(StatusCode, String), String> {
    let asked = async {
        let response: Response<Incoming> = client
            .request(request)
            .await
            .map_err(|error| chained(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Ok((status, String::new()));
        }
        let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX);
        let body = body.collect().await.map_err(|error| error.to_string())?;
        let text = String::from_utf8(body.to_bytes().into());
        Ok((status, text.map_err(|_| "it is no text".to_owned())?))
    };
    match tokio::time::timeout(ANSWER_WITHIN, asked).await {
        Ok(text) => text,
        Err(_) => Err("it did not answer in time".into()),
    }
}

/// The authorities of the system, and those of `ca` (PEM) beside them.
fn roots(ca: Option<&str>) -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    for certificate in CertificateDer::pem_slice_iter(ca.unwrap_or_default().as_bytes()) {
        let certificate = certificate.map_err(|error| format!("ca_file: {error}"))?;
        let added = roots.add(certificate);
        added.map_err(|error| format!("ca_file: {error}"))?;
    }
    Ok(roots)
}

/// Fetches what the sources need, again and again, each place by itself. Runs for ever.
pub async fn run(fetcher: Fetcher, metrics: Arc<Metrics>) {
    let mut tended: BTreeMap<Place, AbortHandle> = BTreeMap::new();
    let mut tasks = JoinSet::new();
    loop {
        tended.retain(|_, task| !task.is_finished());
        for keys in FetchedKeys::all() {
            tended.entry(keys.place().clone()).or_insert_with(|| {
                let keys = Arc::downgrade(&keys);
                tasks.spawn(tend(fetcher.clone(), keys, Arc::clone(&metrics)))
            });
        }
        while tasks.try_join_next().is_some() {}
        tokio::time::sleep(LOOK).await;
    }
}

/// Looks after one place for as long as a source needs it.
async fn tend(fetcher: Fetcher, keys: Weak<FetchedKeys>, metrics: Arc<Metrics>) {
    let mut next = Instant::now();
    let mut failures = 0_u32;
    loop {
        let Some(keys) = keys.upgrade() else {
            return;
        };
        let is_due = next <= Instant::now();
        // A wish does not wait for the hour, but it does for the end of a pause after failures.
        if is_due || (failures == 0 && !keys.wanted().is_empty()) {
            let is_whole = fetch(&fetcher, &keys, is_due, &metrics).await;
            failures = if is_whole { 0 } else { failures + 1 };
            // What a stranger names may not be there: that is no reason to ask less for others.
            let most = if keys.place().is_by_kid() {
                1
            } else {
                u32::MAX
            };
            let pause = match failures.min(most) {
                0 => REFRESH,
                failures => PAUSE_MAX.min(PAUSE * 2_u32.saturating_pow(failures - 1)),
            };
            next = Instant::now() + pause;
        }
        drop(keys);
        tokio::time::sleep(LOOK).await;
    }
}

/// Asks for what is wanted, and for all that is known when that `is_due`; whether all was given.
async fn fetch(fetcher: &Fetcher, keys: &FetchedKeys, is_due: bool, metrics: &Metrics) -> bool {
    let place = keys.place();
    let ids: Vec<Option<String>> = if place.is_by_kid() {
        let known = keys.ids().into_iter().filter(|_| is_due);
        keys.wanted().into_iter().chain(known).map(Some).collect()
    } else {
        vec![None]
    };
    let mut is_whole = true;
    for kid in &ids {
        match fetcher.keys(place, kid.as_deref()).await {
            Ok(found) => {
                metrics.keys_fetched("fetched");
                keys.learn(found);
            }
            Err(error) => {
                metrics.keys_fetched("failed");
                keys.failed(kid.as_deref());
                let url = kid.as_deref().filter(|_| place.url == "{kid}");
                let url = url.unwrap_or(&place.url);
                tracing::warn!(url, error, "keys could not be fetched; those known stay");
                is_whole = false;
            }
        }
    }
    is_whole
}

/// The text of an answer that is one.
fn success(status: StatusCode, text: String) -> Result<String, String> {
    if status.is_success() {
        Ok(text)
    } else {
        Err(format!("it answered {status}"))
    }
}

/// An error and what caused it.
fn chained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
