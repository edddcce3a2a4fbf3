//! From a document to settings, with everything that does not fit named.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use super::document::{Document, LimitsForm, LogForm, ShutdownForm, SpoolForm};
use super::faults::{Faults, Notes};
use super::layers::Environment;
use super::providers::Library;
use super::{Loaded, Log, LogLevel, Settings, Shutdown, SinkKind, SinkSettings};
use super::{
    SourceSettings, checks, deduplication, inspector, observed, rates, routes, sinks, sources, tls,
    url,
};
use crate::accept::{AccessLog, Limits, Proxies};
use crate::publish::spool;
use crate::tls::Clients;

/// Bounds of a body, bytes. Beyond 64 MiB no broker takes a message, and no provider sends one.
pub(super) const BODY_BYTES: RangeInclusive<u64> = 1024..=67_108_864;
/// Bounds of a reply deadline, milliseconds. No provider waits for a minute.
pub(super) const REPLY_MS: RangeInclusive<u64> = 100..=60_000;

/// What sinks and sources are made with.
pub(super) struct Build<'b> {
    pub(super) environment: &'b Environment,
    pub(super) library: Library,
    pub(super) notes: Notes,
    pub(super) public_url: Option<String>,
    pub(super) is_loopback: bool,
    pub(super) reply_within_ms: u64,
    pub(super) body_bytes_max: u64,
    /// Whom `listen` asks for a certificate; `None` without TLS.
    pub(super) clients: Option<Clients>,
    /// Every sink's name, in order.
    pub(super) sinks: Vec<String>,
}

pub(super) fn build(
    document: &Document,
    environment: &Environment,
    mut notes: Notes,
) -> Result<Loaded, Faults> {
    let listen = document.listen.as_deref();
    let listen = address("listen", listen, "0.0.0.0:8080", &mut notes);
    let admin = document.admin.listen.as_deref();
    let admin_listen = address("admin.listen", admin, "127.0.0.1:9090", &mut notes);
    let public_url = public_url(document.public_url.as_deref(), &mut notes);
    let library = Library::of(document.providers_dir.as_deref(), &mut notes);
    let mut build = Build {
        environment,
        library,
        notes,
        public_url,
        is_loopback: listen.is_some_and(|listen| listen.ip().is_loopback()),
        reply_within_ms: 0,
        body_bytes_max: 0,
        clients: document.tls.as_ref().map(|form| form.client_certificates),
        sinks: document.sinks.keys().cloned().collect(),
    };
    if let (Some(listen), Some(admin)) = (listen, admin_listen) {
        build.apart(listen, admin);
    }
    let access_log = observed::access(&document.log.access, &mut build);
    let mut limits = build.limits(&document.limits, access_log);
    limits.proxy_protocol = build.proxy_protocol(document.proxy_protocol, &limits);
    let tls = tls::ingress(document.tls.as_ref(), &mut build);
    let admin_tls = tls::admin(document.admin.tls.as_ref(), &mut build);
    let shutdown = build.shutdown(&document.shutdown);
    let spool = document.spool.as_ref().and_then(|form| build.spool(form));
    let dedup = deduplication::dedup(&document.dedup, &mut build);
    let tracing = observed::tracing(&document.tracing, &mut build);
    let inspector = inspector::inspector(&document.admin, admin_listen, &mut build);
    let sinks = build.all_sinks(document);
    let mut sources = build.all_sources(document);
    routes::routes(document.routes.as_deref(), &mut sources, &mut build);
    let checks = checks::checks(document.checks.as_ref(), &sources, &mut build);
    let notes = build.notes;
    let is_whole = notes.faults.is_empty();
    // Both addresses are there when there are no faults.
    let (true, Some(listen), Some(admin_listen)) = (is_whole, listen, admin_listen) else {
        return Err(Faults::new(notes.faults).among(notes.files));
    };
    let mut settings = Settings {
        listen,
        admin_listen,
        tls,
        admin_tls,
        inspector,
        public_url: build.public_url,
        log: log(&document.log),
        limits,
        shutdown,
        spool,
        dedup,
        tracing,
        sinks,
        sources,
        sandbox: None,
        checks,
        files: notes.files,
        read_at: SystemTime::now(),
    };
    settings.set_message_timeouts();
    settings.confine(document.sandbox);
    Ok(Loaded {
        settings,
        warnings: notes.warnings,
        places: notes.places,
    })
}

impl Build<'_> {
    /// A number within its bounds; the default where none was given, or after a fault.
    pub(super) fn number(
        &mut self,
        key: &str,
        given: Option<u64>,
        default: u64,
        bounds: RangeInclusive<u64>,
    ) -> u64 {
        let number = given.unwrap_or(default);
        if bounds.contains(&number) {
            return number;
        }
        let remedy = format!("write {} to {}", bounds.start(), bounds.end());
        self.notes
            .fault(key, format!("{number} is out of bounds"), remedy);
        default
    }

    /// Names become metric labels and parts of topics.
    pub(super) fn name(&mut self, key: &str, name: &str) {
        let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
        if name.is_empty() || name.len() > 64 || !name.bytes().all(is_plain) {
            let said = format!("{name:?} is not a name");
            let remedy = "write 1 to 64 lower-case letters, digits, - and _";
            self.notes.fault(key, said, remedy);
        }
    }

    /// A fault for an empty mapping, unless it is empty because of another fault.
    fn none(&mut self, key: &str, remedy: &str) {
        if !self.notes.is_faulty(key) {
            self.notes.fault(key, "none is configured", remedy);
        }
    }

    fn apart(&mut self, listen: SocketAddr, admin: SocketAddr) {
        let (one, other) = (listen.ip(), admin.ip());
        let overlap = one == other || one.is_unspecified() || other.is_unspecified();
        if listen.port() != 0 && listen.port() == admin.port() && overlap {
            let said = format!("{admin} is taken by listen, {listen}");
            let remedy = "choose another port; metrics and health are not for the Internet";
            self.notes.fault("admin.listen", said, remedy);
        }
    }

    fn limits(&mut self, form: &LimitsForm, access_log: AccessLog) -> Limits {
        let ms = 100..=600_000;
        self.reply_within_ms = self.number(
            "limits.reply_within_ms",
            form.reply_within_ms,
            5000,
            REPLY_MS,
        );
        let in_flight = self.number(
            "limits.in_flight_max",
            form.in_flight_max,
            1024,
            1..=100_000,
        );
        self.body_bytes_max = self.number(
            "limits.body_bytes_max",
            form.body_bytes_max,
            1_048_576,
            BODY_BYTES,
        );
        let connections = self.number(
            "limits.connections_max",
            form.connections_max,
            4096,
            1..=1_000_000,
        );
        // So that it takes two at least to take all.
        let of_client = self.number(
            "limits.client_connections_max",
            form.client_connections_max,
            connections.div_ceil(2),
            1..=connections,
        );
        let room_wait = self.number("limits.room_wait_ms", form.room_wait_ms, 200, 0..=10_000);
        let header_read = self.number(
            "limits.header_read_ms",
            form.header_read_ms,
            10_000,
            ms.clone(),
        );
        let body_read = self.number("limits.body_read_ms", form.body_read_ms, 15_000, ms);
        let headers = self.number(
            "limits.headers_bytes_max",
            form.headers_bytes_max,
            32_768,
            8192..=1_048_576,
        );
        let ratio = form.decoded_ratio_max;
        let ratio = self.number("limits.decoded_ratio_max", ratio, 100, 1..=10_000);
        let client_rate = form.client_rate.as_ref();
        let proxies = form.trusted_proxies.as_deref();
        Limits {
            rate: rates::rate("limits.rate", form.rate.as_ref(), self),
            client_rate: rates::rate("limits.client_rate", client_rate, self),
            trusted_proxies: rates::proxies("limits.trusted_proxies", proxies, self),
            proxy_protocol: false,
            decoded_ratio_max: size(ratio),
            connections_max: size(connections),
            client_connections_max: size(of_client),
            in_flight_max: size(in_flight),
            room_wait: Duration::from_millis(room_wait),
            header_read: Duration::from_millis(header_read),
            body_read: Duration::from_millis(body_read),
            headers_bytes_max: size(headers),
            access_log,
        }
    }

    /// A header from anyone would let everyone be whom they like.
    fn proxy_protocol(&mut self, given: Option<bool>, limits: &Limits) -> bool {
        let wanted = given.unwrap_or_default();
        let nobody = limits.trusted_proxies == Proxies::default();
        if wanted && nobody && !self.notes.is_faulty("limits.trusted_proxies") {
            let said = "no proxy is trusted, so that every connection would be closed";
            let remedy = "add limits.trusted_proxies, the networks that your proxies are in";
            self.notes.fault("proxy_protocol", said, remedy);
        }
        wanted
    }

    fn shutdown(&mut self, form: &ShutdownForm) -> Shutdown {
        let delay = self.number("shutdown.delay_ms", form.delay_ms, 0, 0..=300_000);
        let grace = self.number("shutdown.grace_ms", form.grace_ms, 25_000, 100..=3_600_000);
        if grace < self.reply_within_ms {
            let said = format!(
                "{grace} ms is less than limits.reply_within_ms, {} ms: a request may be cut off",
                self.reply_within_ms
            );
            self.notes.warn("shutdown.grace_ms", said, "raise it");
        }
        Shutdown {
            delay: Duration::from_millis(delay),
            grace: Duration::from_millis(grace),
        }
    }

    fn spool(&mut self, form: &SpoolForm) -> Option<spool::Options> {
        // Less than four segments could not be emptied piece by piece.
        let (least, default) = (4 * 1_048_576, 1_073_741_824);
        let bounds = least..=1 << 50;
        let bytes = self.number("spool.bytes_max", form.bytes_max, default, bounds);
        let age = self.number("spool.age_max_s", form.age_max_s, 604_800, 60..=31_536_000);
        let takeover = form.takeover_ms;
        let takeover = self.number("spool.takeover_ms", takeover, 1000, 10..=60_000);
        let Some(path) = form.path.clone() else {
            let remedy = "add path, a folder that outlives the process: /var/lib/hookferry";
            self.notes.missing("spool.path", remedy);
            return None;
        };
        Some(spool::Options {
            path,
            bytes_max: bytes,
            age_max: Duration::from_secs(age),
            takeover: Duration::from_millis(takeover),
        })
    }

    fn all_sinks(&mut self, document: &Document) -> Vec<SinkSettings> {
        if document.sinks.is_empty() {
            let remedy = "add one, as in sinks: { kafka: { type: kafka, brokers: \"host:9092\" } }";
            self.none("sinks", remedy);
        }
        let forms = document.sinks.iter();
        forms
            .filter_map(|(name, form)| sinks::sink(name, form, self))
            .collect()
    }

    fn all_sources(&mut self, document: &Document) -> Vec<SourceSettings> {
        if document.sources.is_empty() {
            let remedy = "add one, as in sources: { github: { provider: github, path: \
                          /webhooks/github, secrets: [{ env: GITHUB_SECRET }] } }";
            self.none("sources", remedy);
        }
        let mut paths: BTreeMap<String, String> = BTreeMap::new();
        let mut settings = Vec::new();
        for (name, form) in &document.sources {
            settings.extend(sources::source(name, form, &mut paths, self));
        }
        settings
    }
}

impl Settings {
    /// A record may be tried for as long as the longest reply deadline of those who wait for it.
    fn set_message_timeouts(&mut self) {
        for (at, sink) in self.sinks.iter_mut().enumerate() {
            let waiting = self.sources.iter().filter(|source| source.reaches(at));
            let longest = waiting.map(|source| source.reply_within).max();
            match &mut sink.kind {
                SinkKind::Kafka(options) => {
                    let longest = longest.unwrap_or(Duration::from_secs(5));
                    options.message_timeout_ms = u64::try_from(longest.as_millis()).unwrap_or(5000);
                }
                SinkKind::Rabbitmq(_) => {}
            }
        }
    }
}

fn log(form: &LogForm) -> Log {
    Log {
        format: form.format.unwrap_or_default(),
        level: form.level.unwrap_or(LogLevel::Info).name().to_owned(),
    }
}

/// What was made of a key that need not be given; `None` where it was and nothing could be.
pub(super) fn if_given<T>(made: Option<Option<T>>) -> Option<Option<T>> {
    made.map_or(Some(None), |made| made.map(Some))
}

/// A bounded number as a size; the bounds fit every platform.
pub(super) fn size(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn address(key: &str, given: Option<&str>, default: &str, notes: &mut Notes) -> Option<SocketAddr> {
    let text = given.unwrap_or(default);
    let address = text.parse().ok();
    if address.is_none() {
        let said = format!("{text:?} is not an IP address and a port");
        notes.fault(key, said, format!("write it as in {default} or [::1]:8080"));
    }
    address
}

/// The public URL. It ends without a slash because a source's path begins with one.
fn public_url(given: Option<&str>, notes: &mut Notes) -> Option<String> {
    let given = given?;
    let said = match url::fault_of_http(given, "it has a user") {
        None if given.ends_with('/') => "it ends with a slash, and every path begins with one",
        None => return Some(given.to_owned()),
        Some(said) => said,
    };
    let remedy = "write what providers are given, up to a source's path, as in \
                  https://hooks.example.com";
    notes.fault("public_url", said, remedy);
    None
}
