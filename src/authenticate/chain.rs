//! Chains of X.509 certificates (RFC 5280) up to a root that is known beforehand.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, ServerName, TrustAnchor, UnixTime as WebpkiTime};
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
        let der = CertificateDer::from(first_der(pem)?);
        let anchor = anchor_from_trusted_cert(&der)
            .map_err(|error| format!("it is not a root certificate: {error}"))?;
        Ok(Self(anchor.to_owned()))
    }

    /// The key of the first certificate of `chain` (base64 DER, as in `x5c` of RFC 7515), if the
    /// others lead from it to this root, all are valid at `now`, and each has the extension that
    /// `oids` names for it.
    pub(super) fn leaf_key(
        &self,
        algorithm: Algorithm,
        chain: &[String],
        oids: &[String],
        now: UnixTime,
    ) -> Option<PublicKey> {
        if chain.len() > CERTIFICATES_MAX {
            return None;
        }
        let ders = chain.iter().map(|text| STANDARD.decode(text).ok());
        let ders: Vec<_> = ders.collect::<Option<Vec<_>>>()?;
        let ders: Vec<_> = ders.into_iter().map(CertificateDer::from).collect();
        let (leaf, others) = ders.split_first()?;
        let is_marked = |(oid, der): (&String, &CertificateDer<'_>)| {
            let read = x509_parser::parse_x509_certificate(der);
            read.is_ok_and(|(_, read)| {
                let mut extensions = read.extensions().iter();
                extensions.any(|extension| extension.oid.to_id_string() == *oid)
            })
        };
        if ders.len() < oids.len() || !oids.iter().zip(&ders).all(is_marked) {
            return None;
        }
        let end = EndEntityCert::try_from(leaf).ok()?;
        let roots = std::slice::from_ref(&self.0);
        leads(&end, others, roots, KeyUsage::client_auth(), now).ok()?;
        PublicKey::of_certificate(algorithm, leaf).ok()
    }
}

/// Whether the first certificate in `pem` is for one of `names` and valid at `now`. Where others
/// follow it, they must lead to an authority that the system trusts; a lone one is trusted because
/// the connection that it came over was.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn is_trustworthy(pem: &str, names: &[String], now: UnixTime) -> Result<(), String> {
    let ders: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem.as_bytes())
        .collect::<Result<_, _>>()
        .map_err(|_| "it is no certificate in PEM".to_owned())?;
    let (leaf, others) = ders.split_first().ok_or("it is no certificate in PEM")?;
    let (_, read) = x509_parser::parse_x509_certificate(leaf)
        .map_err(|_| "it is not an X.509 certificate".to_owned())?;
    let valid = read.validity();
    let seconds = now.seconds();
    if seconds < valid.not_before.timestamp() || seconds > valid.not_after.timestamp() {
        return Err("the certificate is not valid today".into());
    }
    let end = EndEntityCert::try_from(leaf).map_err(|error| error.to_string())?;
    let is_for = |name: &String| {
        let name = ServerName::try_from(name.as_str());
        name.is_ok_and(|name| end.verify_is_valid_for_subject_name(&name).is_ok())
    };
    if !names.iter().any(is_for) {
        return Err(format!("the certificate is not for {}", names.join(" or ")));
    }
    if others.is_empty() {
        return Ok(());
    }
    let known = rustls_native_certs::load_native_certs();
    let anchors: Vec<_> = known
        .certs
        .iter()
        .filter_map(|der| anchor_from_trusted_cert(der).ok())
        .collect();
    leads(&end, others, &anchors, KeyUsage::server_auth(), now)
        .map_err(|error| format!("the certificate's chain: {error}"))
}

/// Whether `others` lead from a certificate to one of `roots`, all valid at `now`.
fn leads(
    end: &EndEntityCert<'_>,
    others: &[CertificateDer<'_>],
    roots: &[TrustAnchor<'_>],
    usage: KeyUsage,
    now: UnixTime,
) -> Result<(), webpki::Error> {
    let seconds = u64::try_from(now.seconds()).unwrap_or_default();
    let now = WebpkiTime::since_unix_epoch(Duration::from_secs(seconds));
    end.verify_for_usage(ALL_VERIFICATION_ALGS, roots, others, now, usage, None, None)
        .map(|_| ())
}

/// The first certificate in `pem`.
pub(super) fn first_der(pem: &str) -> Result<Vec<u8>, String> {
    let pem = x509_parser::pem::parse_x509_pem(pem.as_bytes());
    let (_, pem) = pem.map_err(|_| "it is not a PEM certificate".to_owned())?;
    Ok(pem.contents)
}

/// When the first certificate in `pem` ends.
pub(crate) fn end(pem: &str) -> Option<UnixTime> {
    let der = first_der(pem).ok()?;
    let (_, read) = x509_parser::parse_x509_certificate(&der).ok()?;
    let ends = read.validity().not_after.timestamp();
    Some(UnixTime::from_seconds(ends))
}
