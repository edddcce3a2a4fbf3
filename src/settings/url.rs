//! URLs that a configuration names.

/// What keeps `url` from being the address of a server of HTTP, and of a path there; `of_user` says that
/// it has a user, and what to do instead.
pub(super) fn fault_of_http(url: &str, of_user: &'static str) -> Option<&'static str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match rest {
        None => Some("it does not begin with https:// or http://"),
        Some(rest) if rest.is_empty() || rest.starts_with([':', '/']) => Some("it has no host"),
        Some(rest) if rest.contains('@') => Some(of_user),
        Some(rest) if rest.contains(['?', '#']) => Some("it has a query or fragment"),
        Some(_) if url.parse::<http::Uri>().is_err() => Some("it is not a URL"),
        Some(_) => None,
    }
}
