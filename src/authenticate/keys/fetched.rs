//! Public keys from a place that the preset pins. They are fetched in the background by
//! [`crate::fetch`]; a request only looks at what is there, and may ask for more, which is
//! granted seldom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock, Weak};

use serde::Deserialize;

use super::super::{Refusal, chain};
use super::pace::{Pace, Taken};
use super::{Algorithm, PublicKey};
use crate::time::UnixTime;

/// How often requests may have a whole set asked for again: a stranger's id just before is no reason to
/// refuse a new key.
const SET: Pace = Pace {
    burst: 3,
    every_ms: 10_000,
};
/// How many ids they may ask for where each has a place of its own.
const IDS: Pace = Pace {
    burst: 8,
    every_ms: 4_000,
};
/// How many keys of one place are kept, and how many are asked for by id.
const KEYS_MAX: usize = 64;
/// How many ids may be asked for between two fetches.
const WANTED_MAX: usize = 8;

/// What a place gives keys in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeysFormat {
    /// A JSON Web Key Set, or one key of it (RFC 7517).
    Jwks,
    /// An issuer, whose configuration names its set (OpenID Connect Discovery 1.0, section 4).
    Openid,
    /// One public key or certificate in PEM, or base64 `SubjectPublicKeyInfo`.
    Pem,
    /// A JSON object of such by key id.
    PemMap,
    /// The certificate that a message names by its URL, in PEM.
    #[serde(skip)]
    Certificate,
}

/// Where keys are, and how they are asked for.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// With `{kid}`, where each key has a place of its own.
    pub url: String,
    pub format: KeysFormat,
    /// Where in the JSON they are.
    pub pointer: String,
    pub authorization: Option<String>,
    /// JSON to be posted, with `{kid}`; without it the place is got.
    pub body: Option<String>,
    /// The names that a certificate must be for.
    pub names: Vec<String>,
}

/// It may hold a credential, so it shows its URL alone.
impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Place").field(&self.url).finish()
    }
}

/// The keys of one place as far as they are known.
#[derive(Debug)]
pub struct FetchedKeys {
    place: Place,
    /// Whether a source brings them, so that there is nothing to ask.
    is_given: bool,
    state: RwLock<State>,
}

/// Keys as they were found, by their id; one without an id has the empty one.
pub type Found = BTreeMap<String, Vec<String>>;

#[derive(Debug, Default)]
struct State {
    texts: Found,
    /// When a certificate ends, by the id of its key.
    ends: BTreeMap<String, UnixTime>,
    /// The same, read for an algorithm when it was first asked for; without an id, all keys.
    read: BTreeMap<(Option<String>, Algorithm), Arc<[PublicKey]>>,
    /// How often keys were learnt.
    generation: u64,
    /// Ids that requests have named and that are not known.
    wanted: BTreeSet<String>,
    /// How often requests have had the place asked.
    asked: Taken,
    is_fetched: bool,
}

/// Every place that a source of this process needs. Sources that are read anew find the keys of
/// those that they replace.
static ALL: LazyLock<Mutex<BTreeMap<Place, Weak<FetchedKeys>>>> = LazyLock::new(Mutex::default);

impl FetchedKeys {
    /// The keys of `place`, shared by all who need them.
    pub fn of(place: Place) -> Arc<Self> {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = all.get(&place).and_then(Weak::upgrade) {
            return known;
        }
        let made = Arc::new(Self::new(place.clone()));
        all.insert(place, Arc::downgrade(&made));
        made
    }

    /// Every place that is needed.
    pub fn all() -> Vec<Arc<Self>> {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, keys| keys.strong_count() > 0);
        all.values().filter_map(Weak::upgrade).collect()
    }

    /// Keys that nobody else shares, which a source brings itself.
    pub fn given(place: Place, keys: Found) -> Arc<Self> {
        let fetched = Self {
            is_given: true,
            ..Self::new(place)
        };
        fetched.learn(keys);
        Arc::new(fetched)
    }

    fn new(place: Place) -> Self {
        Self {
            place,
            is_given: false,
            state: RwLock::default(),
        }
    }

    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The keys of `kid` for `algorithm`; all keys where a request names none.
    ///
    /// # Errors
    /// [`Refusal::KeysPending`] when they may come; [`Refusal::UnknownKey`] when they were asked for
    /// and are not there.
    pub fn keys(
        &self,
        algorithm: Algorithm,
        kid: Option<&str>,
        now: UnixTime,
    ) -> Result<Arc<[PublicKey]>, Refusal> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        // What is kept is kept under ids that the provider gave, never under a stranger's.
        let id = match kid {
            None if self.place.is_by_kid() => return Err(Refusal::UnknownKey),
            None => None,
            Some(kid) => match state.id(kid, self.place.is_by_kid(), now) {
                Some(id) => Some(id.to_owned()),
                None => {
                    drop(state);
                    return Err(self.ask(kid, now));
                }
            },
        };
        if let Some(keys) = state.read.get(&(id.clone(), algorithm)) {
            return Ok(Arc::clone(keys));
        }
        let texts: Vec<&String> = match &id {
            Some(id) => state.texts.get(id).into_iter().flatten().collect(),
            None => state.texts.values().flatten().collect(),
        };
        let keys: Arc<[_]> = texts
            .into_iter()
            .filter_map(|text| read(algorithm, text))
            .collect();
        let generation = state.generation;
        let is_fetched = state.is_fetched;
        drop(state);
        if keys.is_empty() {
            let kid = kid.unwrap_or_default();
            return Err(if is_fetched {
                Refusal::UnknownKey
            } else {
                self.ask(kid, now)
            });
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.generation == generation {
            state.read.insert((id, algorithm), Arc::clone(&keys));
        }
        Ok(keys)
    }

    /// Asks for a key that is not known, and says whether it may come. Whoever names ids that do not
    /// exist can use up what may be asked; genuine requests are then answered 503, not refused.
    fn ask(&self, kid: &str, now: UnixTime) -> Refusal {
        if self.is_given || !self.is_plausible(kid) {
            return Refusal::UnknownKey;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if state.wanted.contains(kid) {
            return Refusal::KeysPending;
        }
        if self.place.is_by_kid() {
            if state.wanted.len() < WANTED_MAX && state.asked.take(IDS, now) {
                state.wanted.insert(kid.to_owned());
            }
            return Refusal::KeysPending;
        }
        // It will be asked for all of them at once. Where it has just been, and more than once: what is
        // not in it now is not the provider's.
        let is_to_be_asked = !state.is_fetched || !state.wanted.is_empty();
        if !is_to_be_asked && !state.asked.take(SET, now) {
            return Refusal::UnknownKey;
        }
        if state.wanted.len() < WANTED_MAX {
            state.wanted.insert(kid.to_owned());
        }
        Refusal::KeysPending
    }

    /// Whether `kid` may be put into the place's URL, of which it may change nothing else.
    fn is_plausible(&self, kid: &str) -> bool {
        let is_url = self.place.url == "{kid}";
        let also: &[u8] = if is_url { b"-_.=:/" } else { b"-_.=" };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || also.contains(&byte);
        let is_name = kid.bytes().any(|byte| byte != b'.') && !kid.contains("..");
        kid.len() <= 256 && kid.bytes().all(plain) && (is_name || !self.place.is_by_kid())
    }

    /// What requests are waiting for.
    pub fn wanted(&self) -> BTreeSet<String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.wanted.clone()
    }

    /// The ids of the keys that are known.
    pub fn ids(&self) -> Vec<String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.texts.keys().cloned().collect()
    }

    /// Takes over what was fetched; keys that are gone from a whole set go.
    pub fn learn(&self, keys: Found) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        if self.place.is_by_kid() {
            for kid in keys.keys() {
                state.wanted.remove(kid);
            }
        } else {
            state.texts.clear();
            state.wanted.clear();
        }
        for (kid, texts) in keys {
            let ends = match self.place.format {
                KeysFormat::Certificate => texts.iter().filter_map(|pem| chain::end(pem)).min(),
                KeysFormat::Jwks | KeysFormat::Openid | KeysFormat::Pem | KeysFormat::PemMap => {
                    None
                }
            };
            if state.texts.len() < KEYS_MAX || state.texts.contains_key(&kid) {
                match ends {
                    Some(ends) => state.ends.insert(kid.clone(), ends),
                    None => state.ends.remove(&kid),
                };
                state.texts.insert(kid, texts);
            }
        }
        state.read.clear();
        state.generation += 1;
        state.is_fetched = true;
    }

    /// The place was asked, and gave nothing.
    pub fn failed(&self, kid: Option<&str>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        match kid {
            Some(kid) => {
                state.wanted.remove(kid);
            }
            None => state.wanted.clear(),
        }
    }
}

impl State {
    /// The id under which the key that `kid` names is kept.
    fn id<'s>(&'s self, kid: &'s str, is_by_kid: bool, now: UnixTime) -> Option<&'s str> {
        if self.ends.get(kid).is_some_and(|ends| *ends < now) {
            return None;
        }
        if self.texts.contains_key(kid) {
            return Some(kid);
        }
        // A key of a whole set that has no id of its own is good for any.
        (!is_by_kid && self.texts.contains_key("")).then_some("")
    }
}

impl Place {
    /// Whether each key has a place of its own.
    pub fn is_by_kid(&self) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        self.url.contains("{kid}") || body.contains("{kid}")
    }
}

fn read(algorithm: Algorithm, text: &str) -> Option<PublicKey> {
    if text.starts_with('{') {
        super::jwk::key(algorithm, text)
    } else {
        PublicKey::parse(algorithm, text).ok()
    }
}

/// Where an issuer's configuration stands.
pub const OPENID: &str = "/.well-known/openid-configuration";

/// The address of its key set in the configuration that an issuer answered with.
///
/// # Errors
/// It is not that issuer's, or names no address by HTTPS.
pub fn key_set_of(place: &Place, text: &str) -> Result<String, String> {
    #[derive(Deserialize)]
    struct Configuration {
        issuer: String,
        jwks_uri: String,
    }
    let read = serde_json::from_str(text);
    let Configuration { issuer, jwks_uri } =
        read.map_err(|_| "it is no configuration with issuer and jwks_uri".to_owned())?;
    // An issuer that ends in a slash is asked without it.
    if place.url.strip_suffix(OPENID) != Some(issuer.trim_end_matches('/')) {
        return Err("it is another issuer's configuration".to_owned());
    }
    let uri = jwks_uri.parse::<http::Uri>().ok();
    let is_safe = uri.is_some_and(|uri| uri.scheme_str() == Some("https") && uri.host().is_some());
    if !is_safe {
        return Err("its jwks_uri is no https URL".to_owned());
    }
    Ok(jwks_uri)
}

/// The keys in what a place answered, by id.
///
/// # Errors
/// What it is not.
pub fn parse(place: &Place, kid: Option<&str>, text: &str) -> Result<Found, String> {
    let mut keys = Found::new();
    let inner = if place.pointer.is_empty() {
        None
    } else {
        let found = crate::peek::one(text, &place.pointer);
        Some(found.ok_or_else(|| format!("it has no {}", place.pointer))?)
    };
    let inner = inner.as_deref().unwrap_or(text);
    match place.format {
        KeysFormat::Jwks | KeysFormat::Openid => {
            for (own, text) in super::jwk::texts(inner)? {
                // A key that was asked for by its id goes by that.
                let id = kid.map(str::to_owned).or(own).unwrap_or_default();
                keys.entry(id).or_default().push(text);
            }
        }
        KeysFormat::Pem | KeysFormat::Certificate => {
            let id = kid.unwrap_or_default().to_owned();
            keys.entry(id).or_default().push(inner.to_owned());
        }
        KeysFormat::PemMap => {
            let map: BTreeMap<String, String> = serde_json::from_str(inner)
                .map_err(|_| "it is no JSON object of keys".to_owned())?;
            keys.extend(map.into_iter().map(|(kid, text)| (kid, vec![text])));
        }
    }
    if keys.is_empty() {
        return Err("it has no keys".into());
    }
    Ok(keys)
}
