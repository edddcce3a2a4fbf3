//! Who is at the other end of a connection, and which sources take requests from them.

use std::net::IpAddr;
use std::sync::Arc;

use ipnet::IpNet;

use super::Denial;
use super::shares::Share;

/// Who has made a connection.
#[derive(Debug)]
pub(super) struct Visitor {
    /// The connection's other end, or whom a trusted proxy says that it speaks for.
    pub(super) address: IpAddr,
    /// The names in the client's certificate, if it has shown one.
    pub(super) names: Option<Arc<[String]>>,
    /// That the connection counts among that address' own.
    pub(super) _share: Option<Share>,
}

/// Whom a source takes requests from, before any signature is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Admission {
    /// Clients' addresses; all when empty.
    pub allow_from: Vec<IpNet>,
    pub certificate: Option<CertificateRule>,
}

/// What a source wants of its clients' certificates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CertificateRule {
    /// Whether there has to be one.
    pub is_required: bool,
    /// One of these has to be in it, DNS name, URI or common name; any, when empty.
    pub subject_names: Vec<String>,
}

impl Admission {
    /// `names` are those of the client's certificate.
    pub(super) fn admits(&self, client: IpAddr, names: Option<&[String]>) -> Result<(), Denial> {
        let mut networks = self.allow_from.iter();
        if !self.allow_from.is_empty() && !networks.any(|network| network.contains(&client)) {
            return Err(Denial::AddressNotAllowed(client));
        }
        match &self.certificate {
            None => Ok(()),
            Some(rule) => rule.admits(names),
        }
    }
}

impl CertificateRule {
    fn admits(&self, names: Option<&[String]>) -> Result<(), Denial> {
        let Some(names) = names else {
            return if self.is_required {
                Err(Denial::NoCertificate)
            } else {
                Ok(())
            };
        };
        let is_listed = |name: &String| {
            let mut listed = self.subject_names.iter();
            listed.any(|it| it.eq_ignore_ascii_case(name))
        };
        if self.subject_names.is_empty() || names.iter().any(is_listed) {
            Ok(())
        } else {
            Err(Denial::CertificateNotAllowed)
        }
    }
}
