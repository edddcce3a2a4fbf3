//! What is seen of connections before their first request: how many a client has, the PROXY protocol, and TLS.

use prometheus::{IntCounterVec, IntGaugeVec};

use super::{Maker, Metrics};

/// What is counted of both listeners.
#[derive(Debug, Clone)]
pub(super) struct ConnectionFamilies {
    expiry: IntGaugeVec,
    handshakes: IntCounterVec,
    proxied: IntCounterVec,
    turned_back: IntCounterVec,
}

impl ConnectionFamilies {
    pub(super) fn new(make: &mut Maker) -> Result<Self, prometheus::Error> {
        Ok(Self {
            expiry: make.gauges(
                "hookferry_tls_certificate_expiry_timestamp_seconds",
                "When the certificate that a listener shows expires, in Unix time.",
                &["listener"],
            )?,
            handshakes: make.counter(
                "hookferry_tls_handshake_failures_total",
                "Connections to a listener with TLS that did not come to a request, by reason.",
                &["listener", "reason"],
            )?,
            proxied: make.counter(
                "hookferry_proxy_protocol_failures_total",
                "Connections that were closed for what their PROXY protocol header says or lacks, by reason.",
                &["reason"],
            )?,
            turned_back: make.counter(
                "hookferry_connections_closed_total",
                "Connections that were closed at once, unread, by reason.",
                &["reason"],
            )?,
        })
    }
}

impl Metrics {
    /// Notes when what `listener` shows expires, in seconds of Unix time; `None` where it shows nothing.
    pub fn certificate_expires(&self, listener: &'static str, at: Option<i64>) {
        match at {
            Some(at) => self
                .connecting
                .expiry
                .with_label_values(&[listener])
                .set(at),
            // There is none to remove where there never was TLS.
            None => drop(self.connecting.expiry.remove_label_values(&[listener])),
        }
    }

    /// Counts a TLS handshake that failed.
    pub fn handshake_failed(&self, listener: &'static str, reason: &'static str) {
        let counter = &self.connecting.handshakes;
        counter.with_label_values(&[listener, reason]).inc();
    }

    /// Counts a connection that did not begin as a proxy's has to.
    pub fn unproxied(&self, reason: &'static str) {
        self.connecting.proxied.with_label_values(&[reason]).inc();
    }

    /// Counts a connection that was closed unread.
    pub fn turned_back(&self, reason: &'static str) {
        let counter = &self.connecting.turned_back;
        counter.with_label_values(&[reason]).inc();
    }
}
