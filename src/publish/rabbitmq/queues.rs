//! Which queues behind the exchange would lose events that a 2xx was given for. A confirm says that
//! the queues took the message; what they do with it afterwards is theirs, and is seen here as far as
//! the broker shows it. Pure: `src/queues.rs` asks.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use zeroize::Zeroizing;

use super::parse_url;

/// Where RabbitMQ's management API is, and as whom it is asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Management {
    /// With a path, if it is behind one; without user and password.
    url: String,
    /// The header `authorization`.
    authorization: Zeroizing<String>,
    vhost: String,
}

impl std::fmt::Debug for Management {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Management").finish_non_exhaustive()
    }
}

impl Management {
    /// From `http://` or `https://` with host and port, perhaps user and password; those of the AMQP
    /// URL otherwise, whose virtual host is looked at.
    ///
    /// # Errors
    /// What is wrong, without any part of a URL.
    pub fn new(url: &str, amqp_url: &str) -> Result<Self, &'static str> {
        const FORM: &str = "it is not of the form http(s)://user:password@host:port";
        let amqp = parse_url(amqp_url).map_err(|_| "the broker's own URL is not one")?;
        let (scheme, rest) = url.split_once("://").ok_or(FORM)?;
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at_checked(end).ok_or(FORM)?;
        let (user, host) = match authority.rsplit_once('@') {
            Some((user, host)) => (Some(user), host),
            None => (None, authority),
        };
        let path = path.trim_end_matches('/');
        let url = format!("{scheme}://{host}{path}");
        let is_plain = !path.contains(['?', '#']) && !host.is_empty();
        if !["http", "https"].contains(&scheme) || !is_plain || url.parse::<http::Uri>().is_err() {
            return Err(FORM);
        }
        let credentials = match user {
            Some(user) => {
                let (name, password) = user.split_once(':').ok_or(FORM)?;
                let [name, password] = [name, password].map(percent_decoded);
                let (name, password) = (name.ok_or(FORM)?, password.ok_or(FORM)?);
                [name.as_slice(), password.as_slice()].join(&b':')
            }
            None => {
                let own = amqp.authority.userinfo;
                format!("{}:{}", own.username, own.password).into_bytes()
            }
        };
        let credentials = Zeroizing::new(credentials);
        Ok(Self {
            url,
            authorization: Zeroizing::new(format!("Basic {}", STANDARD.encode(&*credentials))),
            vhost: amqp.vhost,
        })
    }

    pub fn authorization(&self) -> &str {
        &self.authorization
    }

    /// Where `exchange` is described.
    pub fn exchange(&self, exchange: &str) -> String {
        let (vhost, exchange) = (percent_encoded(&self.vhost), percent_encoded(exchange));
        format!(
            "{}/api/exchanges/{vhost}/{exchange}?columns=type,durable",
            self.url
        )
    }

    /// Where is listed what is bound to `exchange`.
    pub fn bindings(&self, exchange: &str) -> String {
        let (vhost, exchange) = (percent_encoded(&self.vhost), percent_encoded(exchange));
        let columns = "destination,destination_type";
        let url = &self.url;
        format!("{url}/api/exchanges/{vhost}/{exchange}/bindings/source?columns={columns}")
    }

    /// Where `queue` is described.
    pub fn queue(&self, queue: &str) -> String {
        let (vhost, queue) = (percent_encoded(&self.vhost), percent_encoded(queue));
        let columns = "type,durable,auto_delete,exclusive,arguments,effective_policy_definition";
        format!("{}/api/queues/{vhost}/{queue}?columns={columns}", self.url)
    }
}

/// Why a queue would lose events, or why that is not known. Its words are metric labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum QueueFault {
    /// The exchange is of another type than topic.
    ExchangeType,
    /// The exchange and its bindings do not outlive the broker.
    ExchangeTransient,
    /// No queue is bound.
    Unbound,
    /// A queue that the configuration names does not exist.
    Missing,
    /// A queue that the configuration names is not bound.
    Apart,
    /// The queue does not outlive the broker.
    Transient,
    /// The queue goes with the connection that declared it.
    Exclusive,
    /// The queue goes with its last consumer.
    AutoDelete,
    /// The queue goes when nobody uses it.
    Expires,
    /// When it is full, the oldest events are dropped.
    DropHead,
    /// Events that are not read in time are dropped.
    MessageTtl,
    /// Events that come back too often are dropped.
    DeliveryLimit,
    /// What the queues do is not known.
    Unchecked,
}

impl QueueFault {
    pub const ALL: [Self; 13] = [
        Self::ExchangeType,
        Self::ExchangeTransient,
        Self::Unbound,
        Self::Missing,
        Self::Apart,
        Self::Transient,
        Self::Exclusive,
        Self::AutoDelete,
        Self::Expires,
        Self::DropHead,
        Self::MessageTtl,
        Self::DeliveryLimit,
        Self::Unchecked,
    ];

    /// A word from a closed set.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ExchangeType => "exchange_type",
            Self::ExchangeTransient => "exchange_transient",
            Self::Unbound => "unbound",
            Self::Missing => "missing",
            Self::Apart => "apart",
            Self::Transient => "transient",
            Self::Exclusive => "exclusive",
            Self::AutoDelete => "auto_delete",
            Self::Expires => "expires",
            Self::DropHead => "drop_head",
            Self::MessageTtl => "message_ttl",
            Self::DeliveryLimit => "delivery_limit",
            Self::Unchecked => "unchecked",
        }
    }

    /// What it means and what helps.
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::ExchangeType => "the exchange is of another type: declare it anew as topic",
            Self::ExchangeTransient => {
                "the exchange goes with the broker's restart: declare it anew as durable"
            }
            Self::Unbound => "no queue is bound, so every event is answered 503: bind one",
            Self::Missing => "the queue does not exist: declare it",
            Self::Apart => "the queue is not bound to the exchange: bind it",
            Self::Transient => "the queue goes with the broker's restart: declare it as durable",
            Self::Exclusive => "the queue goes with its connection: declare it without exclusive",
            Self::AutoDelete => {
                "the queue goes with its last consumer: declare it without auto-delete"
            }
            Self::Expires => "the queue goes when it is not used: remove expires",
            Self::DropHead => {
                "a full queue drops its oldest events: set overflow to reject-publish"
            }
            Self::MessageTtl => {
                "events not read in time are dropped: remove message-ttl, or set dead-letter-exchange"
            }
            Self::DeliveryLimit => {
                "events that come back too often are dropped: set dead-letter-exchange"
            }
            Self::Unchecked => {
                "what the queues do is not known: set management_url, or see why it cannot be asked"
            }
        }
    }
}

/// What is wrong with an exchange as the management API describes it.
pub fn of_exchange(exchange: &Value) -> Vec<QueueFault> {
    let kind = exchange.get("type").and_then(Value::as_str);
    let transient = exchange.get("durable") == Some(&Value::Bool(false));
    [
        (
            kind.is_some_and(|kind| kind != "topic"),
            QueueFault::ExchangeType,
        ),
        (transient, QueueFault::ExchangeTransient),
    ]
    .into_iter()
    .filter_map(|(is_so, fault)| is_so.then_some(fault))
    .collect()
}

/// What is bound to an exchange.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Bound {
    pub queues: BTreeSet<String>,
    pub exchanges: BTreeSet<String>,
}

impl Bound {
    /// From the management API's list of bindings.
    ///
    /// # Errors
    /// It is no such list.
    pub fn read(bindings: &Value) -> Result<Self, String> {
        let mut bound = Self::default();
        for binding in bindings.as_array().ok_or("the bindings are no list")? {
            let text = |name: &str| binding.get(name).and_then(Value::as_str);
            let to = match text("destination_type") {
                Some("queue") => &mut bound.queues,
                Some("exchange") => &mut bound.exchanges,
                Some(_) | None => return Err("a binding leads nowhere".to_owned()),
            };
            let destination = text("destination").ok_or("a binding leads nowhere")?;
            to.insert(destination.to_owned());
        }
        Ok(bound)
    }
}

/// Whether the management API already knows which policies a queue is under. It hears of that with
/// the queue's statistics, some seconds after a declaration, a new policy or a start.
pub fn is_known(queue: &Value) -> bool {
    queue.get("effective_policy_definition").is_some()
}

/// Why a queue, as the management API describes it, would lose events. What its declaration says
/// counts before what a policy says, as it does for RabbitMQ.
pub fn of_queue(queue: &Value) -> Vec<QueueFault> {
    let set = |name: &str| {
        let argument = queue
            .get("arguments")
            .and_then(|it| it.get(format!("x-{name}")));
        let policy = || {
            queue
                .get("effective_policy_definition")
                .and_then(|it| it.get(name))
        };
        argument.or_else(policy)
    };
    let is_true = |name: &str| queue.get(name) == Some(&Value::Bool(true));
    // A stream keeps what is read: how long is its retention, and nothing that a reader is promised.
    let is_stream = queue.get("type").and_then(Value::as_str) == Some("stream");
    let is_bounded = set("max-length")
        .or_else(|| set("max-length-bytes"))
        .is_some();
    let drops = set("overflow").is_none_or(|overflow| overflow.as_str() == Some("drop-head"));
    let ends_here = !is_stream && set("dead-letter-exchange").is_none();
    let transient = queue.get("durable") == Some(&Value::Bool(false));
    [
        (transient, QueueFault::Transient),
        (is_true("exclusive"), QueueFault::Exclusive),
        (is_true("auto_delete"), QueueFault::AutoDelete),
        // What is in it then is not dead-lettered.
        (set("expires").is_some(), QueueFault::Expires),
        (ends_here && is_bounded && drops, QueueFault::DropHead),
        (
            ends_here && set("message-ttl").is_some(),
            QueueFault::MessageTtl,
        ),
        (
            ends_here && set("delivery-limit").is_some(),
            QueueFault::DeliveryLimit,
        ),
    ]
    .into_iter()
    .filter_map(|(is_so, fault)| is_so.then_some(fault))
    .collect()
}

/// For a URL's path: all but letters, digits and `-._~` (RFC 3986 section 2.3) in percent-escapes.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// `None` when a percent sign is followed by anything but two hexadecimal digits.
fn percent_decoded(text: &str) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || char::from(bytes.next()?).to_digit(16);
        let (high, low) = (digit()?, digit()?);
        decoded.push(u8::try_from(high * 16 + low).ok()?);
    }
    Some(decoded)
}
