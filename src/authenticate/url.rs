//! URLs: the spellings of our own that a provider may have signed, and those of certificates that a
//! message may name.

use serde::Deserialize;

use crate::template::Template;

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
/// label, at least one, and each `?` for one letter; letters' case does not count.
pub fn host_matches(pattern: &str, host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let pattern = pattern.to_ascii_lowercase();
    match pattern.split_once('*') {
        None => starts_as(&pattern, &host) == Some(""),
        Some((before, after)) => starts_as(before, &host).is_some_and(|rest| {
            let label = rest.find('.').unwrap_or(rest.len());
            (1..=label).any(|taken| {
                let (star, rest) = rest.split_at_checked(taken).unwrap_or_default();
                let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
                star.bytes().all(plain) && host_matches(after, rest)
            })
        }),
    }
}

/// What is left of `host` behind `pattern`, which has no `*`.
fn starts_as<'h>(pattern: &str, host: &'h str) -> Option<&'h str> {
    pattern.chars().try_fold(host, |rest, wanted| match wanted {
        '?' => rest.strip_prefix(|c: char| c.is_ascii_alphabetic()),
        wanted => rest.strip_prefix(wanted),
    })
}

#[cfg(test)]
mod tests {
    use super::{UrlForm, host_matches};

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
    }

    #[test]
    fn a_port_is_written_out_once() {
        let port = |url| UrlForm::Port.of(url);
        assert_eq!(port("https://h.example/a?b"), "https://h.example:443/a?b");
        assert_eq!(port("http://h.example"), "http://h.example:80");
        assert_eq!(port("https://h.example:8443/"), "https://h.example:8443/");
    }
}
