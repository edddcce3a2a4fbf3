//! HTTP Message Signatures (RFC 9421), with the body covered through Content-Digest (RFC 9530).

use sfv::{BareItem, Dictionary, InnerList, Item, ListEntry, ListSerializer, Parser};
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq as _;

use super::check::Proof;
use super::{Algorithm, Keys, Refusal, Step, Trace, View};
use crate::accept::Received;
use crate::template::{Place, Template};
use crate::time::UnixTime;

/// How many signatures one request may offer.
const CANDIDATES_MAX: usize = 8;

/// A message signature that a request must carry.
#[derive(Debug, Clone)]
pub struct Rfc9421Check {
    /// The components that must be covered, as in `@method` or `content-digest`.
    pub covers: Vec<String>,
    pub algorithm: Algorithm,
    pub keys: Keys,
    pub label: Option<String>,
    pub tag: Option<String>,
    pub age_s: Option<u64>,
    pub keyid: Option<Template>,
}

impl Rfc9421Check {
    pub(super) fn pass(
        &self,
        view: &View<'_>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let inputs = dictionary(view, "signature-input")?;
        let signatures = dictionary(view, "signature")?;
        let mut last = Refusal::MissingSignature;
        for (label, entry) in inputs.iter().take(CANDIDATES_MAX) {
            let is_meant = self
                .label
                .as_ref()
                .is_none_or(|wanted| label.as_str() == wanted);
            let (true, ListEntry::InnerList(input)) = (is_meant, entry) else {
                continue;
            };
            let Some(ListEntry::Item(signature)) = signatures.get(label) else {
                continue;
            };
            let bytes = signature.bare_item.as_byte_sequence();
            let bytes = bytes.ok_or(Refusal::MalformedSignature)?;
            // A byte sequence can be spelt in several ways; only its own spelling is taken.
            if !spelt(view, &written(&ListEntry::Item(signature.clone()))) {
                return Err(Refusal::MalformedSignature);
            }
            let judged = self.judge(input, bytes, view, now, trace);
            trace.step(|| {
                let said = format!("signature {} over {}", label.as_str(), written(entry));
                Step::verdict(judged.is_ok(), said)
            });
            match judged {
                Ok(proof) => return Ok(proof),
                Err(refusal) => last = refusal,
            }
        }
        Err(last)
    }

    fn judge(
        &self,
        input: &InnerList,
        signature: &[u8],
        view: &View<'_>,
        now: UnixTime,
        trace: &mut impl Trace,
    ) -> Result<Proof, Refusal> {
        let covered: Vec<_> = input.items.iter().map(name).collect();
        let covers = |wanted: &String| covered.iter().any(|name| name.as_ref() == Some(wanted));
        if !self.covers.iter().all(covers) {
            return Err(Refusal::NotAllowed);
        }
        self.parameters(input, view, now)?;
        let base = base(input, view)?;
        if trace.quotes() {
            trace.step(|| Step::fact(format!("signature base {:?}", base)));
        }
        let keyid = input.params.get("keyid").and_then(BareItem::as_string);
        let keyid = keyid.map(|text| text.as_str());
        let proof = (self.keys).prove(self.algorithm, keyid, base.as_bytes(), signature, now)?;
        if covered
            .iter()
            .flatten()
            .any(|name| name == "content-digest")
        {
            let fits = digest_fits(view)?;
            trace.step(|| Step::verdict(fits, "content-digest is the body's"));
            if !fits {
                return Err(Refusal::WrongSignature);
            }
        }
        Ok(proof)
    }

    /// What the signature says of itself (RFC 9421 section 2.3).
    fn parameters(&self, input: &InnerList, view: &View<'_>, now: UnixTime) -> Result<(), Refusal> {
        let text = |key: &str| {
            let value = input.params.get(key)?;
            value.as_string().map(|text| text.as_str().to_owned())
        };
        let number = |key: &str| {
            let value = input.params.get(key)?;
            value.as_integer().map(i64::from)
        };
        let is_named = |wanted: &String| text("tag").is_some_and(|named| named == *wanted);
        if !self.tag.iter().all(is_named) {
            return Err(Refusal::NotAllowed);
        }
        if let Some(wanted) = &self.keyid {
            let wanted = wanted.text(view);
            if wanted.is_some() && text("keyid") != wanted {
                return Err(Refusal::UnknownKey);
            }
        }
        let now = now.seconds();
        if let Some(expires) = number("expires")
            && now >= expires
        {
            let age_s = now.saturating_sub(expires);
            return Err(Refusal::Stale { age_s });
        }
        let Some(most) = self.age_s else {
            return Ok(());
        };
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        let created = number("created").ok_or(Refusal::MalformedTimestamp)?;
        let age_s = now.saturating_sub(created);
        if age_s > most {
            return Err(Refusal::Stale { age_s });
        }
        if age_s < -most {
            return Err(Refusal::Early { ahead_s: -age_s });
        }
        Ok(())
    }

    pub(super) fn templates(&self) -> Vec<&Template> {
        self.keyid.iter().collect()
    }
}

fn dictionary(view: &View<'_>, name: &str) -> Result<Dictionary, Refusal> {
    let values = view.received().headers().get_all(name).iter();
    let values = values.map(|value| value.to_str().map_err(|_| Refusal::MalformedSignature));
    let joined = values.collect::<Result<Vec<_>, _>>()?.join(", ");
    if joined.trim().is_empty() {
        return Err(Refusal::MissingSignature);
    }
    Parser::new(&joined)
        .parse()
        .map_err(|_| Refusal::MalformedSignature)
}

/// Whether the header `signature` has `text` in it.
fn spelt(view: &View<'_>, text: &str) -> bool {
    let mut values = view.received().headers().get_all("signature").iter();
    values.any(|value| value.to_str().is_ok_and(|value| value.contains(text)))
}

fn name(item: &Item) -> Option<String> {
    let text = item.bare_item.as_string()?;
    Some(text.as_str().to_owned())
}

/// The structured field of one entry (RFC 9651 section 4.1).
fn written(entry: &ListEntry) -> String {
    let mut list = ListSerializer::new();
    list.members([entry]);
    list.finish().unwrap_or_default()
}

/// The signature base (RFC 9421 section 2.5).
fn base(input: &InnerList, view: &View<'_>) -> Result<String, Refusal> {
    let mut base = String::new();
    let mut seen = Vec::new();
    for item in &input.items {
        let identifier = written(&ListEntry::Item(item.clone()));
        if seen.contains(&identifier) {
            return Err(Refusal::MalformedSignature);
        }
        let value = component(item, view)?;
        base.push_str(&format!("{identifier}: {value}\n"));
        seen.push(identifier);
    }
    let params = written(&ListEntry::InnerList(input.clone()));
    base.push_str(&format!("\"@signature-params\": {params}"));
    Ok(base)
}

/// A component's value (RFC 9421 sections 2.1 and 2.2). The authority and the path are those of the
/// configured public URL, never of the Host header.
fn component(item: &Item, view: &View<'_>) -> Result<String, Refusal> {
    let name = name(item).ok_or(Refusal::MalformedSignature)?;
    let received = view.received();
    if item.params.len() > usize::from(name == "@query-param") {
        return Err(Refusal::MalformedSignature);
    }
    let url = || {
        let url = view.plain_url();
        (url.contains("://"))
            .then_some(url)
            .ok_or(Refusal::MissingPart(Place::Url))
    };
    let parts = || {
        let url: http::Uri = url()?
            .parse()
            .map_err(|_| Refusal::MissingPart(Place::Url))?;
        Ok::<_, Refusal>(url)
    };
    Ok(match name.as_str() {
        "@method" => received.method().as_str().to_owned(),
        "@target-uri" => url()?,
        "@scheme" => parts()?
            .scheme_str()
            .unwrap_or_default()
            .to_ascii_lowercase(),
        "@authority" => {
            let uri = parts()?;
            let authority = uri.authority().map(|authority| authority.as_str());
            let authority = authority.unwrap_or_default().to_ascii_lowercase();
            let default = if uri.scheme_str() == Some("https") {
                ":443"
            } else {
                ":80"
            };
            authority
                .strip_suffix(default)
                .unwrap_or(&authority)
                .to_owned()
        }
        "@path" => parts()?.path().to_owned(),
        "@request-target" => {
            let uri = parts()?;
            uri.path_and_query()
                .map_or("/", |target| target.as_str())
                .to_owned()
        }
        "@query" => format!("?{}", received.query()),
        "@query-param" => query_param(item, received)?,
        _ if name.starts_with('@') => return Err(Refusal::MalformedSignature),
        _ => header(&name, received)?,
    })
}

/// One parameter of the query (RFC 9421 section 2.2.8).
fn query_param(item: &Item, received: &Received) -> Result<String, Refusal> {
    let wanted = item.params.get("name").and_then(BareItem::as_string);
    let wanted = wanted.ok_or(Refusal::MalformedSignature)?.as_str();
    let encoded = |text: &str| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        text.replace('+', "%20")
    };
    let query = form_urlencoded::parse(received.query().as_bytes());
    let mut found = query.filter(|(key, _)| encoded(key) == wanted);
    let missing = || Refusal::MissingPart(Place::Query(wanted.to_owned()));
    let (_, value) = found.next().ok_or_else(missing)?;
    if found.next().is_some() {
        return Err(missing());
    }
    Ok(encoded(&value))
}

/// A header's values, joined (RFC 9421 section 2.1).
fn header(name: &str, received: &Received) -> Result<String, Refusal> {
    let values = received.headers().get_all(name).iter();
    let values = values.map(|value| value.to_str().map(|text| text.trim().to_owned()));
    let values = values.collect::<Result<Vec<_>, _>>();
    let values = values.map_err(|_| Refusal::MalformedSignature)?;
    if values.is_empty() {
        let header = name.parse().map_err(|_| Refusal::MalformedSignature)?;
        return Err(Refusal::MissingPart(Place::Header(header)));
    }
    Ok(values.join(", "))
}

/// Whether Content-Digest names the body's digest (RFC 9530 section 2). Of several algorithms each
/// that is known must fit, and one must be known.
fn digest_fits(view: &View<'_>) -> Result<bool, Refusal> {
    let digests = dictionary(view, "content-digest")?;
    let body = view.signed_body();
    let mut known = 0;
    for (name, entry) in &digests {
        let expected = match name.as_str() {
            "sha-256" => Sha256::digest(body).to_vec(),
            "sha-512" => Sha512::digest(body).to_vec(),
            _ => continue,
        };
        let ListEntry::Item(item) = entry else {
            return Err(Refusal::MalformedSignature);
        };
        let given = item.bare_item.as_byte_sequence().unwrap_or_default();
        if !bool::from(expected.ct_eq(given)) {
            return Ok(false);
        }
        known += 1;
    }
    Ok(known > 0)
}
