//! Chains of X.509 certificates (RFC 5280) up to a root that is known beforehand.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime as WebpkiTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::{Algorithm, PublicKey};
use crate::time::UnixTime;

/// How many certificates a message may bring along.
const CERTIFICATES_MAX: usize = 6;

/// A root certificate.
#[derive(Debug, Clone)]
pub struct Root(TrustAnchor<'static>);

impl Root {
    /// Reads a PEM certificate.
    ///
    /// # Errors
    /// What the text is not.
    pub fn parse(pem: &str) -> Result<Self, String> {
        let (_, pem) = x509_parser::pem::parse_x509_pem(pem.as_bytes())
            .map_err(|_| "it is not a PEM certificate".to_owned())?;
        let der = CertificateDer::from(pem.contents);
        let anchor = anchor_from_trusted_cert(&der)
            .map_err(|error| format!("it is not a root certificate: {error}"))?;
        Ok(Self(anchor.to_owned()))
    }

    /// The key of the first certificate of `chain` (base64 DER, as in `x5c` of RFC 7515), if the
    /// others lead from it to this root and all are valid at `now`.
    pub(super) fn leaf_key(
        &self,
        algorithm: Algorithm,
        chain: &[String],
        now: UnixTime,
    ) -> Option<PublicKey> {
        if chain.len() > CERTIFICATES_MAX {
            return None;
        }
        let ders = chain.iter().map(|text| STANDARD.decode(text).ok());
        let ders: Vec<_> = ders.collect::<Option<Vec<_>>>()?;
        let ders: Vec<_> = ders.into_iter().map(CertificateDer::from).collect();
        let (leaf, others) = ders.split_first()?;
        let seconds = u64::try_from(now.seconds()).ok()?;
        let end = EndEntityCert::try_from(leaf).ok()?;
        end.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            std::slice::from_ref(&self.0),
            others,
            WebpkiTime::since_unix_epoch(Duration::from_secs(seconds)),
            KeyUsage::client_auth(),
            None,
            None,
        )
        .ok()?;
        PublicKey::of_certificate(algorithm, leaf).ok()
    }
}
