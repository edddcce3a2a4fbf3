//! URLs: the spellings of our own that a provider may have signed, and those of certificates that a
//! message may name.

use serde::Deserialize;

use crate::template::Template;

/// The longest name of a host (RFC 1035 section 2.3.4).
const HOST_BYTES_MAX: usize = 253;

/// A spelling of the public URL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UrlForm {
    /// As configured, with the query as received.
    Plain,
    /// With the scheme's default port written out.
    Port,
}

/// Which certificate URLs a message may name.
#[derive(Debug, Clone)]
pub struct CertificateRule {
    pub url: Template,
    /// Host patterns: see [`host_matches`].
    pub hosts: Vec<String>,
    /// Where certificates are fetched, the names of which one must be theirs.
    pub fetched_names: Option<Vec<String>>,
}

impl UrlForm {
    pub(super) fn of(self, plain: &str) -> String {
        let port = match self {
            Self::Plain => return plain.to_owned(),
            Self::Port if plain.starts_with("https://") => ":443",
            Self::Port => ":80",
        };
        let Some((scheme, rest)) = plain.split_once("://") else {
            return plain.to_owned();
        };
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, path) = rest.split_at(end);
        if authority.contains(':') {
            return plain.to_owned();
        }
        format!("{scheme}://{authority}{port}{path}")
    }
}

impl CertificateRule {
    /// Whether `url` is https to a host of the rule, with nothing but a path behind it.
    pub fn allows(&self, url: &str) -> bool {
        let Some(rest) = url.strip_prefix("https://") else {
            return false;
        };
        let Some((host, path)) = rest.split_once('/') else {
            return false;
        };
        // What is longer is no host, and not worth the time that a pattern may take.
        if host.len() > HOST_BYTES_MAX {
            return false;
        }
        let plain = |text: &str, also: &str| {
            text.bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || also.as_bytes().contains(&byte))
        };
        plain(host, "-.:")
            && plain(path, "-._/")
            // One certificate has one address.
            && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
            && self.hosts.iter().any(|pattern| host_matches(pattern, host))
    }
}

/// Whether `host` fits `pattern`, in which each `*` stands for letters, digits and `-` within one
/// label, at least one, and each `?` for one letter; letters' case does not count. What is longer than
/// names of hosts may be fits none.
pub fn host_matches(pattern: &str, host: &str) -> bool {
    if host.len() > HOST_BYTES_MAX {
        return false;
    }
    // No `*` stands for a dot, so label answers to label.
    let (mut hosts, mut patterns) = (host.split('.'), pattern.split('.'));
    loop {
        match (patterns.next(), hosts.next()) {
            (None, None) => return true,
            (Some(pattern), Some(label)) if label_matches(pattern.as_bytes(), label.as_bytes()) => {
            }
            (Some(_) | None, _) => return false,
        }
    }
}

/// The same of one label, in time that grows with the product of the lengths: for each part of the label whether the part
/// of the pattern that was read fits it.
fn label_matches(pattern: &[u8], label: &[u8]) -> bool {
    let mut fits = vec![false; label.len() + 1];
    if let Some(nothing) = fits.first_mut() {
        *nothing = true;
    }
    for wanted in pattern {
        let mut before = false;
        let mut here = false;
        for (at, fit) in fits.iter_mut().enumerate() {
            let byte = at.checked_sub(1).and_then(|last| label.get(last));
            let next = byte.is_some_and(|byte| match wanted {
                // Whatever the star stood for, or nothing yet, and one more.
                b'*' => (before || here) && (byte.is_ascii_alphanumeric() || *byte == b'-'),
                b'?' => before && byte.is_ascii_alphabetic(),
                wanted => before && wanted.eq_ignore_ascii_case(byte),
            });
            before = *fit;
            here = next;
            *fit = next;
        }
    }
    fits.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{CertificateRule, Template, UrlForm, host_matches};

    #[test]
    fn a_host_pattern_is_not_a_prefix_or_suffix() {
        assert!(host_matches(
            "sns.*.amazonaws.com",
            "sns.us-west-2.amazonaws.com"
        ));
        assert!(host_matches("*.paypal.com", "api.paypal.com"));
        for host in [
            "sns.us-west-2.amazonaws.com.evil.example",
            "evil-sns.us-west-2.amazonaws.com",
            "sns..amazonaws.comx",
            "sns.us-west-2.s3.amazonaws.com",
        ] {
            assert!(!host_matches("sns.*.amazonaws.com", host), "{host}");
        }
        for region in ["us-west-2", "us-gov-east-1", "AP-southeast-1"] {
            let host = format!("sns.{region}.amazonaws.com");
            assert!(host_matches("sns.??-*.amazonaws.com", &host), "{host}");
        }
        for label in [
            "s3",
            "s3-us-west-2",
            "u1-west-2",
            "us",
            "us-",
            "usw-2",
            "-us-1",
            "\u{fc}s-1",
            "u.-1",
            "",
        ] {
            let host = format!("sns.{label}.amazonaws.com");
            assert!(!host_matches("sns.??-*.amazonaws.com", &host), "{host}");
        }
        assert!(!host_matches("*.paypal.com", "paypal.com"));
        assert!(!host_matches("*.paypal.com", ".paypal.com"));
        assert!(host_matches("a*-*z.Example", "A-b-c-z.example"));
        assert!(!host_matches("a*-*z.example", "a--z.example"));
        assert!(!host_matches("a*z", "az") && host_matches("a*z", "azz"));
        assert!(!host_matches("a*a*a*a*a*a*a*a*b", &"a".repeat(200)));
    }

    #[test]
    fn an_address_of_a_megabyte_costs_nothing() {
        let begun = std::time::Instant::now();
        let host = format!("sns.{}.amazonaws.com", "a".repeat(1 << 20));
        let rule = CertificateRule {
            url: Template::empty(),
            hosts: vec!["sns.*.amazonaws.com".to_owned()],
            fetched_names: None,
        };
        assert!(!rule.allows(&format!("https://{host}/x.pem")));
        assert!(!host_matches("sns.*.amazonaws.com", &host));
        // Each letter of the label was tried against all others: minutes.
        assert!(begun.elapsed().as_millis() < 1000, "{:?}", begun.elapsed());
    }

    #[test]
    fn a_port_is_written_out_once() {
        let port = |url| UrlForm::Port.of(url);
        assert_eq!(port("https://h.example/a?b"), "https://h.example:443/a?b");
        assert_eq!(port("http://h.example"), "http://h.example:80");
        assert_eq!(port("https://h.example:8443/"), "https://h.example:8443/");
    }
}
