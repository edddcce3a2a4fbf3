//! What of a request's head two readers could read in two ways, and hyper lets pass.

use http::request::Parts;
use http::{Version, header};

use super::Denial;

/// # Errors
/// [`Denial::Malformed`] for a target of another scheme than ours; for transfer codings other than `chunked`
/// alone, which hyper takes for it where it is the last of them (RFC 9112 section 6.1); for a Host that is
/// missing, there twice or no host (section 3.2). HTTP/2 has neither of the latter.
pub(super) fn check(head: &Parts) -> Result<(), Denial> {
    if !matches!(head.uri.scheme_str(), None | Some("http" | "https")) {
        return Err(Denial::Malformed("target"));
    }
    if head.version > Version::HTTP_11 {
        return Ok(());
    }
    let mut codings = head.headers.get_all(header::TRANSFER_ENCODING).iter();
    let first = codings.next().map(|first| first.as_bytes());
    if first.is_some_and(|first| !first.eq_ignore_ascii_case(b"chunked"))
        || codings.next().is_some()
    {
        return Err(Denial::Malformed("transfer-encoding"));
    }
    let mut hosts = head.headers.get_all(header::HOST).iter();
    let is_good = match (hosts.next(), hosts.next()) {
        (Some(host), None) => is_host(host.as_bytes()),
        // HTTP/1.0 had none.
        (None, _) => head.version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    };
    if is_good {
        Ok(())
    } else {
        Err(Denial::Malformed("host"))
    }
}

/// `host [ ":" port ]` (RFC 9110 section 7.2), or nothing. A comma, which names may have, is left out: there
/// are no such names, and it joins two.
fn is_host(value: &[u8]) -> bool {
    let port = match value {
        [] => return true,
        [b'[', address @ ..] => {
            let mut parts = address.splitn(2, |byte| *byte == b']');
            let address = parts.next().unwrap_or_default();
            if address.is_empty() || !address.iter().all(is_of_address) {
                return false;
            }
            parts.next()
        }
        name => {
            let length = name.iter().take_while(|byte| is_of_name(byte)).count();
            name.split_at_checked(length)
                .filter(|(name, _)| !name.is_empty())
                .map(|(_, port)| port)
        }
    };
    match port {
        Some([]) => true,
        Some([b':', digits @ ..]) => digits.len() <= 5 && digits.iter().all(u8::is_ascii_digit),
        Some(_) | None => false,
    }
}

fn is_of_address(byte: &u8) -> bool {
    byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.')
}

fn is_of_name(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'-' | b'.'
                | b'_'
                | b'~'
                | b'%'
                | b'!'
                | b'$'
                | b'&'
                | b'\''
                | b'('
                | b')'
                | b'*'
                | b'+'
                | b';'
                | b'='
        )
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn a_host_is_a_name_or_address_and_a_port() {
        for good in [
            "",
            "a",
            "a.",
            "a:80",
            "a:",
            "127.0.0.1:65535",
            "[::1]",
            "[::1]:443",
            "a_b",
            "a%20",
        ] {
            assert!(is_host(good.as_bytes()), "{good}");
        }
        for bad in [
            ":", ":80", "a:80:80", "a:b", "a:+8", "a:123456", "::1", "[", "[]", "[]:80", "[::1",
            "[::1]a", "[g]", "a b", "a,b", "a@b", "a/", "a?", "a#", "a\\", "\"a\"", "<a>", "é",
        ] {
            assert!(!is_host(bad.as_bytes()), "{bad}");
        }
    }
}
