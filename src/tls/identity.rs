//! What a listener shows, made of its files' texts.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::aws_lc_rs::default_provider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{NoClientAuth, WebPkiClientVerifier};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{Error, RootCertStore, ServerConfig};
use serde::Deserialize;
use x509_parser::prelude::{FromDer as _, X509Certificate};
use zeroize::Zeroizing;

use crate::time::UnixTime;

/// Who is asked for a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clients {
    /// Nobody.
    #[default]
    None,
    /// Everybody; who has none is let in all the same, and a source may still want one.
    Optional,
    /// Everybody; without one there is no connection.
    Required,
}

/// What an [`Identity`] is made of.
#[derive(Debug)]
pub struct Parts {
    /// Where the certificate was read from.
    pub file: PathBuf,
    /// Certificates in PEM, the listener's own first.
    pub certificate: String,
    /// Its key in PEM.
    pub key: Zeroizing<String>,
    /// The authorities of clients, in PEM.
    pub client_ca: Option<String>,
    pub clients: Clients,
    /// What may be spoken inside (ALPN), the best first.
    pub protocols: &'static [&'static str],
}

/// What is wrong with one of the [`Parts`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mistake {
    Certificate(String),
    Key(String),
    /// The key is sound, and another's.
    OtherKey,
    ClientCa(String),
}

/// A certificate with its key, and who is asked for theirs. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Identity {
    config: Arc<ServerConfig>,
    valid: (UnixTime, UnixTime),
    clients: Clients,
    file: Arc<Path>,
}

impl Identity {
    /// # Errors
    /// What is wrong with the parts.
    pub fn new(parts: Parts) -> Result<Self, Mistake> {
        let provider = Arc::new(default_provider());
        let chain: Vec<_> = CertificateDer::pem_slice_iter(parts.certificate.as_bytes())
            .collect::<Result<_, _>>()
            .map_err(|error| Mistake::Certificate(error.to_string()))?;
        let valid = valid(&chain).ok_or(Mistake::Certificate("it is no certificate".into()))?;
        let key = PrivateKeyDer::from_pem_slice(parts.key.as_bytes());
        let key = key.map_err(|error| Mistake::Key(error.to_string()))?;
        let key = CertifiedKey::from_der(chain, key, &provider).map_err(|error| {
            if matches!(error, Error::InconsistentKeys(_)) {
                Mistake::OtherKey
            } else {
                Mistake::Key(error.to_string())
            }
        })?;
        let of_client_ca = |error: &dyn std::fmt::Display| Mistake::ClientCa(error.to_string());
        let verifier = match parts.clients {
            Clients::None => Arc::new(NoClientAuth) as Arc<_>,
            Clients::Optional | Clients::Required => {
                let mut roots = RootCertStore::empty();
                let pem = parts.client_ca.unwrap_or_default();
                for authority in CertificateDer::pem_slice_iter(pem.as_bytes()) {
                    let authority = authority.map_err(|error| of_client_ca(&error))?;
                    let added = roots.add(authority);
                    added.map_err(|error| of_client_ca(&error))?;
                }
                let (roots, provider) = (Arc::new(roots), Arc::clone(&provider));
                let mut builder = WebPkiClientVerifier::builder_with_provider(roots, provider);
                if parts.clients == Clients::Optional {
                    builder = builder.allow_unauthenticated();
                }
                builder.build().map_err(|error| of_client_ca(&error))?
            }
        };
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&TLS13, &TLS12])
            .map_err(|error| Mistake::Certificate(error.to_string()))?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(key)));
        let protocols = parts.protocols.iter();
        config.alpn_protocols = protocols.map(|name| name.as_bytes().to_vec()).collect();
        Ok(Self {
            config: Arc::new(config),
            valid,
            clients: parts.clients,
            file: parts.file.into(),
        })
    }

    pub(super) fn config(self) -> Arc<ServerConfig> {
        self.config
    }

    /// Since when it counts.
    pub fn begins(&self) -> UnixTime {
        self.valid.0
    }

    /// The end of the first certificate of its chain to end.
    pub fn expires(&self) -> UnixTime {
        self.valid.1
    }

    pub fn clients(&self) -> Clients {
        self.clients
    }

    /// Where the certificate was read from.
    pub fn file(&self) -> &Path {
        &self.file
    }
}

/// The time in which all of `chain` counts; `None` where it is empty or cannot be read.
fn valid(chain: &[CertificateDer<'_>]) -> Option<(UnixTime, UnixTime)> {
    let mut valid: Option<(UnixTime, UnixTime)> = None;
    for certificate in chain {
        let (_, read) = X509Certificate::from_der(certificate).ok()?;
        let validity = read.validity();
        let begins = UnixTime::from_seconds(validity.not_before.timestamp());
        let expires = UnixTime::from_seconds(validity.not_after.timestamp());
        valid = Some(valid.map_or((begins, expires), |(first, last)| {
            (first.max(begins), last.min(expires))
        }));
    }
    valid
}
