//! TLS on the daemon's own listeners: what they show, whom they ask for a certificate, and the
//! handshake. TLS 1.2 and 1.3 only, with rustls' own choice of ciphers.
//!
//! What is shown is replaced while the daemon runs ([`Listeners::show`]): handshakes that begin
//! afterwards see the new, connections that are there go on.

mod identity;
mod stream;

use std::io;
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::{Error, PeerIncompatible};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;

pub use identity::{Clients, Identity, Mistake, Parts};
pub use stream::Stream;

use crate::metrics::Metrics;
use crate::time::UnixTime;

/// What a TLS connection begins with: the type of a handshake's record (RFC 8446 section 5.1).
const HANDSHAKE: u8 = 0x16;

/// Why a connection to a listener with TLS came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It was not done within its time.
    TimedOut,
    /// The client left.
    Closed,
    /// HTTP without TLS.
    PlainHttp,
    /// Something that is not TLS at all.
    NotTls,
    /// Only versions of TLS that are not spoken here.
    Version,
    /// No cipher, group or signature in common.
    Incompatible,
    /// No application protocol in common.
    Alpn,
    /// A client's certificate is required, and there is none.
    NoCertificate,
    /// The client's certificate is not of `client_ca_file`'s authorities, or not in its time.
    BadCertificate,
    /// The client did not like what it was shown.
    Declined,
    /// The client broke the protocol.
    Malformed,
}

impl Failure {
    /// A word from a closed set, for metric labels and the log.
    pub const fn label(self) -> &'static str {
        match self {
            Self::TimedOut => "timeout",
            Self::Closed => "closed",
            Self::PlainHttp => "plain_http",
            Self::NotTls => "not_tls",
            Self::Version => "version",
            Self::Incompatible => "incompatible",
            Self::Alpn => "alpn",
            Self::NoCertificate => "no_certificate",
            Self::BadCertificate => "bad_certificate",
            Self::Declined => "declined",
            Self::Malformed => "malformed",
        }
    }

    fn of(error: &io::Error) -> Self {
        let inner = error.get_ref();
        let Some(error) = inner.and_then(|it| it.downcast_ref::<Error>()) else {
            return Self::Closed;
        };
        if let Error::PeerIncompatible(why) = error {
            return if is_of_version(why) {
                Self::Version
            } else {
                Self::Incompatible
            };
        }
        if matches!(error, Error::NoApplicationProtocol) {
            Self::Alpn
        } else if matches!(error, Error::NoCertificatesPresented) {
            Self::NoCertificate
        } else if matches!(error, Error::InvalidCertificate(_)) {
            Self::BadCertificate
        } else if matches!(error, Error::AlertReceived(_)) {
            Self::Declined
        } else {
            Self::Malformed
        }
    }
}

fn is_of_version(why: &PeerIncompatible) -> bool {
    matches!(
        why,
        PeerIncompatible::Tls12NotOffered
            | PeerIncompatible::Tls12NotOfferedOrEnabled
            | PeerIncompatible::SupportedVersionsExtensionRequired
            | PeerIncompatible::ServerDoesNotSupportTls12Or13
            // What clients have sent since TLS 1.2, and rustls looks for it before the version.
            | PeerIncompatible::SignatureAlgorithmsExtensionRequired
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
    )
}

/// The TLS of one listener. Without an identity it is none: what comes is taken as it comes.
#[derive(Debug)]
pub struct Listener {
    /// `ingress` or `admin`.
    name: &'static str,
    shown: RwLock<Option<Identity>>,
    metrics: Arc<Metrics>,
}

impl Listener {
    fn new(name: &'static str, metrics: &Arc<Metrics>) -> Self {
        Self {
            name,
            shown: RwLock::default(),
            metrics: Arc::clone(metrics),
        }
    }

    fn show(&self, identity: Option<Identity>) {
        let expires = identity.as_ref().map(|it| it.expires().seconds());
        self.metrics.certificate_expires(self.name, expires);
        let slot = self.shown.write();
        *slot.unwrap_or_else(PoisonError::into_inner) = identity;
    }

    fn shown(&self) -> Option<Identity> {
        let slot = self.shown.read();
        slot.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Does the handshake on `stream`, where there is TLS, and counts it where it fails. `peer` is for
    /// the log.
    ///
    /// # Errors
    /// Why it failed; then the connection is closed.
    pub async fn open(
        &self,
        stream: TcpStream,
        peer: IpAddr,
        until: Instant,
    ) -> Result<Stream, Failure> {
        let Some(identity) = self.shown() else {
            return Ok(Stream::Plain(stream));
        };
        // Boxed, for a connection without TLS is not to have room for it.
        let handshake = Box::pin(handshake(stream, identity));
        let outcome = tokio::time::timeout_at(until, handshake).await;
        let outcome = outcome.unwrap_or(Err(Failure::TimedOut));
        if let Err(failure) = &outcome {
            let reason = failure.label();
            self.metrics.handshake_failed(self.name, reason);
            tracing::debug!(listener = self.name, client = %peer, reason, "a TLS handshake failed");
        }
        outcome
    }
}

async fn handshake(stream: TcpStream, identity: Identity) -> Result<Stream, Failure> {
    let mut first = [0; 1];
    match stream.peek(&mut first).await {
        Ok(1) if first == [HANDSHAKE] => {}
        // A request's method. rustls would answer with an alert, which such a client cannot read.
        Ok(1) if first.iter().all(u8::is_ascii_uppercase) => return Err(Failure::PlainHttp),
        Ok(1) => return Err(Failure::NotTls),
        Ok(_) | Err(_) => return Err(Failure::Closed),
    }
    let acceptor = TlsAcceptor::from(identity.config());
    match acceptor.accept(stream).await {
        Ok(stream) => Ok(Stream::Tls(Box::new(stream))),
        Err(error) => Err(Failure::of(&error)),
    }
}

/// Both listeners' TLS.
#[derive(Debug)]
pub struct Listeners {
    pub ingress: Arc<Listener>,
    pub admin: Arc<Listener>,
}

impl Listeners {
    /// Without TLS, until they are given something to show.
    pub fn new(metrics: &Arc<Metrics>) -> Self {
        Self {
            ingress: Arc::new(Listener::new("ingress", metrics)),
            admin: Arc::new(Listener::new("admin", metrics)),
        }
    }

    /// Whether these are no worse than what is shown.
    ///
    /// # Errors
    /// Which certificate has expired, while the one that is shown has not.
    pub fn may_show(
        &self,
        ingress: Option<&Identity>,
        admin: Option<&Identity>,
    ) -> Result<(), String> {
        let now = UnixTime::now();
        for (listener, new) in [(&self.ingress, ingress), (&self.admin, admin)] {
            let is_sound = listener.shown().is_some_and(|old| old.expires() > now);
            if let Some(new) = new.filter(|new| new.expires() <= now && is_sound) {
                return Err(format!(
                    "the certificate in {} expired at {}; renew it and put the new one there",
                    new.file().display(),
                    new.expires().text()
                ));
            }
        }
        Ok(())
    }

    /// Shows these from now on.
    pub fn show(&self, ingress: Option<Identity>, admin: Option<Identity>) {
        self.ingress.show(ingress);
        self.admin.show(admin);
    }
}
