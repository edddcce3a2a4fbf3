//! Public keys from a place that the preset pins. They are fetched in the background by
//! [`crate::fetch`]; a request only looks at what is there, and may ask for more, which is
//! granted seldom.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, RwLock};

use super::super::Refusal;
use super::{Algorithm, PublicKey};
use crate::settings::preset::KeysFormat;
use crate::time::UnixTime;

/// How often a request may cause another fetch of the same place, milliseconds.
const AGAIN_MS: i64 = 30_000;
/// How many keys of one place are kept, and how many are asked for by id.
const KEYS_MAX: usize = 64;

/// Where keys are, and how they are asked for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// With `{kid}`, where each key has a place of its own.
    pub url: String,
    pub format: KeysFormat,
    pub pointer: String,
    pub authorization: Option<String>,
    /// JSON to be posted, with `{kid}`; without it the place is got.
    pub body: Option<String>,
}

/// The keys of one place as far as they are known.
#[derive(Debug)]
pub struct FetchedKeys {
    place: Place,
    state: RwLock<State>,
}

#[derive(Debug, Default)]
struct State {
    /// Keys by their id; those without one under the empty id.
    keys: BTreeMap<String, Vec<KeyText>>,
    /// Ids that requests have named and that are not known.
    wanted: BTreeSet<String>,
    /// When the place was last asked, or a request last wanted it to be.
    asked: Option<UnixTime>,
    fetched: bool,
}

/// A key in one of the forms that [`PublicKey::parse`] or [`super::jwk`] reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyText(pub String);

/// Every place that a source of this process needs. It outlives the sources, so that a changed
/// secret does not throw away keys.
static ALL: LazyLock<Mutex<BTreeMap<Place, Arc<FetchedKeys>>>> = LazyLock::new(Mutex::default);

impl FetchedKeys {
    /// The keys of `place`, shared by all who need them.
    pub fn of(place: Place) -> Arc<Self> {
        let mut all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        let made = || Arc::new(Self::new(place.clone()));
        Arc::clone(all.entry(place.clone()).or_insert_with(made))
    }

    /// Every place that is needed.
    pub fn all() -> Vec<Arc<Self>> {
        let all = ALL.lock().unwrap_or_else(PoisonError::into_inner);
        all.values().cloned().collect()
    }

    /// Keys that nobody else shares, for cases that bring their own.
    pub fn given(place: Place, keys: BTreeMap<String, Vec<KeyText>>) -> Arc<Self> {
        let fetched = Self::new(place);
        fetched.learn(keys);
        Arc::new(fetched)
    }

    fn new(place: Place) -> Self {
        Self {
            place,
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
    ) -> Result<Vec<PublicKey>, Refusal> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        let texts: Vec<&KeyText> = match kid {
            Some(kid) => state.keys.get(kid).into_iter().flatten().collect(),
            None => state.keys.values().flatten().collect(),
        };
        let keys: Vec<_> = texts
            .into_iter()
            .filter_map(|text| text.read(algorithm))
            .collect();
        if !keys.is_empty() {
            return Ok(keys);
        }
        drop(state);
        if self.ask(kid.unwrap_or_default(), now) {
            Err(Refusal::KeysPending)
        } else {
            Err(Refusal::UnknownKey)
        }
    }

    /// Asks for a key that is not known; whether it may come.
    fn ask(&self, kid: &str, now: UnixTime) -> bool {
        let plain = kid
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.=:".contains(&byte));
        if !plain || kid.len() > 128 {
            return false;
        }
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let since = state.asked.map(|asked| now.millis() - asked.millis());
        if since.is_some_and(|since| since < AGAIN_MS) {
            return !state.fetched || state.wanted.contains(kid);
        }
        state.asked = Some(now);
        if state.wanted.len() < KEYS_MAX {
            state.wanted.insert(kid.to_owned());
        }
        true
    }

    /// What requests are waiting for.
    pub fn wanted(&self) -> BTreeSet<String> {
        let state = self.state.read().unwrap_or_else(PoisonError::into_inner);
        state.wanted.clone()
    }

    /// Takes over what was fetched; keys that are gone from a whole set go.
    pub fn learn(&self, keys: BTreeMap<String, Vec<KeyText>>) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        let one_by_one = self.place.is_by_kid();
        if !one_by_one {
            state.keys.clear();
        }
        for (kid, texts) in keys {
            if state.keys.len() < KEYS_MAX {
                state.keys.insert(kid, texts);
            }
        }
        state.fetched = true;
        state.wanted.clear();
    }

    /// The place was asked, and gave nothing.
    pub fn failed(&self) {
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        state.wanted.clear();
    }
}

impl Place {
    /// Whether each key has a place of its own.
    pub fn is_by_kid(&self) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        self.url.contains("{kid}") || body.contains("{kid}")
    }
}

impl KeyText {
    fn read(&self, algorithm: Algorithm) -> Option<PublicKey> {
        if self.0.starts_with('{') {
            super::jwk::key(algorithm, &self.0)
        } else {
            PublicKey::parse(algorithm, &self.0).ok()
        }
    }
}

/// The keys in what a place answered, by id.
///
/// # Errors
/// What it is not.
pub fn parse(
    place: &Place,
    kid: Option<&str>,
    text: &str,
) -> Result<BTreeMap<String, Vec<KeyText>>, String> {
    let mut keys = BTreeMap::<String, Vec<KeyText>>::new();
    let id = |kid: Option<&str>| kid.unwrap_or_default().to_owned();
    let inner = if place.pointer.is_empty() {
        None
    } else {
        let found = crate::peek::one(text, &place.pointer);
        Some(found.ok_or_else(|| format!("it has no {}", place.pointer))?)
    };
    let inner = inner.as_deref().unwrap_or(text);
    match place.format {
        KeysFormat::Jwks => {
            for (own, text) in super::jwk::texts(inner)? {
                let own = own.or_else(|| kid.map(str::to_owned));
                keys.entry(own.unwrap_or_default())
                    .or_default()
                    .push(KeyText(text));
            }
        }
        KeysFormat::Pem => keys
            .entry(id(kid))
            .or_default()
            .push(KeyText(inner.to_owned())),
        KeysFormat::PemMap => {
            let map: BTreeMap<String, String> = serde_json::from_str(inner)
                .map_err(|_| "it is no JSON object of keys".to_owned())?;
            keys.extend(
                map.into_iter()
                    .map(|(kid, text)| (kid, vec![KeyText(text)])),
            );
        }
    }
    if keys.is_empty() {
        return Err("it has no keys".into());
    }
    Ok(keys)
}
