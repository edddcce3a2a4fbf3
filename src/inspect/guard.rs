//! Who may look. A page of somebody else's in the operator's browser is the one to keep out: it reaches
//! what the operator reaches, under a name that is made to point here, and with the browser's cookies.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError, RwLock, RwLockReadGuard};

use http::uri::Authority;
use http::{HeaderMap, HeaderName, Method, StatusCode, Uri, header};
use sha2::{Digest as _, Sha256};

use super::answer::Answer;
use crate::settings::Access;
use crate::time::UnixTime;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
/// Whatever a form of another page cannot send.
const X_HOOKFERRY: HeaderName = HeaderName::from_static("x-hookferry");
const COOKIE: &str = "hookferry_inspector";
const SESSIONS_MAX: usize = 64;
const SESSION_S: i64 = 43_200;

/// The rules for every request to the inspector.
#[derive(Debug)]
pub(super) struct Guard {
    admin: SocketAddr,
    access: RwLock<Access>,
    /// When each ends, by a digest of its cookie.
    sessions: Mutex<HashMap<[u8; 32], i64>>,
}

impl Guard {
    pub(super) fn new(admin: SocketAddr, access: Access) -> Self {
        Self {
            admin,
            access: RwLock::new(access),
            sessions: Mutex::default(),
        }
    }

    /// From now on these may look. Sessions that another token has opened end.
    pub(super) fn renew(&self, access: &Access) {
        let mut known = self.access.write().unwrap_or_else(PoisonError::into_inner);
        if !known.has_token_of(access) {
            let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            sessions.clear();
        }
        known.clone_from(access);
    }

    fn access(&self) -> RwLockReadGuard<'_, Access> {
        self.access.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the request comes from where it may, whoever sends it.
    ///
    /// # Errors
    /// The answer that it gets instead.
    pub(super) fn admit(
        &self,
        method: &Method,
        uri: &Uri,
        headers: &HeaderMap,
    ) -> Result<(), Answer> {
        let host = self.host(uri, headers)?;
        let refuse = |said| {
            let remedy = "open the inspector itself, in a tab of its own";
            Err(Answer::error(StatusCode::FORBIDDEN, said, remedy))
        };
        let site = headers.get_all(SEC_FETCH_SITE).iter();
        if site
            .into_iter()
            .any(|site| site != "same-origin" && site != "none")
        {
            return refuse("the request comes from another site");
        }
        for origin in headers.get_all(header::ORIGIN) {
            let origin = origin.to_str().unwrap_or_default();
            let rest = origin
                .strip_prefix("http://")
                .or_else(|| origin.strip_prefix("https://"));
            if !rest.is_some_and(|rest| rest.eq_ignore_ascii_case(&host)) {
                return refuse("the request comes from another origin");
            }
        }
        if matches!(*method, Method::GET | Method::HEAD) {
            return Ok(());
        }
        let media_type = crate::accept::media_type(headers);
        if media_type != "application/json" && !headers.contains_key(X_HOOKFERRY) {
            return Err(Answer::error(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "what changes something is sent as JSON",
                "send content-type: application/json, or the header x-hookferry: 1",
            ));
        }
        Ok(())
    }

    /// The host that was asked for, if it is one of ours.
    fn host(&self, uri: &Uri, headers: &HeaderMap) -> Result<String, Answer> {
        let mut given = headers.get_all(header::HOST).iter();
        let host = given
            .next()
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        let is_ours = |authority: &Authority| self.is_ours(authority.host());
        let known = host
            .parse::<Authority>()
            .ok()
            .filter(|host| !host.as_str().contains('@'));
        // A target in the absolute form names a host, too (RFC 9112, section 3.2.2).
        let is_fine = known.as_ref().is_some_and(is_ours)
            && uri.authority().is_none_or(is_ours)
            && given.next().is_none();
        if is_fine {
            return Ok(host.to_owned());
        }
        Err(Answer::error(
            StatusCode::MISDIRECTED_REQUEST,
            "the inspector is not known by this host name",
            "open it as localhost, or add the name to admin.inspector.hosts",
        ))
    }

    fn is_ours(&self, host: &str) -> bool {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            let own = self.admin.ip();
            if address.is_loopback() || (address == own && !own.is_unspecified()) {
                return true;
            }
        }
        let host = host.to_ascii_lowercase();
        host == "localhost" || self.access().hosts.contains(&host)
    }

    /// Whether whoever sends it may look.
    ///
    /// # Errors
    /// The answer that they get instead.
    pub(super) fn authorize(&self, headers: &HeaderMap, now: UnixTime) -> Result<(), Answer> {
        if self.access().token.is_none()
            || self.shows_token(headers)
            || self.has_session(headers, now)
        {
            return Ok(());
        }
        Err(unauthorized())
    }

    /// Opens a session: its cookie, for whoever knows the token. One that came by TLS goes back by nothing
    /// else.
    ///
    /// # Errors
    /// The answer that others get.
    pub(super) fn open(
        &self,
        token: &str,
        is_https: bool,
        now: UnixTime,
    ) -> Result<Option<String>, Answer> {
        match &self.access().token {
            None => return Ok(None),
            Some(known) if known.is(token.as_bytes()) => {}
            Some(_) => return Err(unauthorized()),
        }
        let mut bytes = [0_u8; 32];
        if getrandom::fill(&mut bytes).is_err() {
            let said = "the system has no randomness";
            return Err(Answer::error(
                StatusCode::INTERNAL_SERVER_ERROR,
                said,
                "try again",
            ));
        }
        let value = base16ct::lower::encode_string(&bytes);
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.seconds();
        sessions.retain(|_, ends| *ends > now);
        if sessions.len() >= SESSIONS_MAX {
            // The one that ends first goes.
            let first = sessions.iter().min_by_key(|(_, ends)| **ends);
            if let Some(first) = first.map(|(digest, _)| *digest) {
                sessions.remove(&first);
            }
        }
        sessions.insert(Sha256::digest(&value).into(), now.saturating_add(SESSION_S));
        Ok(Some(cookie(&value, SESSION_S, is_https)))
    }

    /// Ends a session, and the cookie with it.
    pub(super) fn close(&self, headers: &HeaderMap, is_https: bool) -> String {
        let mut sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        for cookie in cookies(headers) {
            let digest: [u8; 32] = Sha256::digest(cookie).into();
            sessions.remove(&digest);
        }
        cookie("", 0, is_https)
    }

    fn shows_token(&self, headers: &HeaderMap) -> bool {
        let access = self.access();
        let Some(token) = &access.token else {
            return true;
        };
        let shown = headers
            .get(header::AUTHORIZATION)
            .map(|value| value.as_bytes());
        let shown = shown.and_then(|value| value.split_at_checked(7));
        shown.is_some_and(|(scheme, shown)| {
            scheme.eq_ignore_ascii_case(b"bearer ") && token.is(shown)
        })
    }

    /// Whether it comes within a session, which can be ended.
    pub(super) fn has_session(&self, headers: &HeaderMap, now: UnixTime) -> bool {
        let sessions = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        // By digest: what the look-up's time tells is nothing that helps to find a cookie.
        cookies(headers).any(|cookie| {
            let digest: [u8; 32] = Sha256::digest(cookie).into();
            sessions
                .get(&digest)
                .is_some_and(|ends| *ends > now.seconds())
        })
    }
}

fn cookie(value: &str, age_s: i64, is_https: bool) -> String {
    let secure = if is_https { "; Secure" } else { "" };
    format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={age_s}{secure}")
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';'));
    pairs.filter_map(|pair| pair.trim().strip_prefix(COOKIE)?.strip_prefix('='))
}

fn unauthorized() -> Answer {
    Answer::error(
        StatusCode::UNAUTHORIZED,
        "the inspector's token is needed",
        "show what admin.inspector.token says: Authorization: Bearer TOKEN",
    )
}
