//! Tokens, as a provider would make them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::target::Target;
use super::{Work, template};
use crate::settings::preset::JwtForm;
use crate::template::Place;

/// How long a token is good for, seconds.
const GOOD_S: i64 = 300;

impl Work<'_> {
    /// Writes a token that makes the claims which the check wants, and those written so far.
    pub(super) fn token_of_claims(&mut self, form: &JwtForm) -> Result<(), String> {
        if form.x5c_root.is_some() {
            return Err("only the provider holds a certificate under its own root".into());
        }
        let named = form
            .algorithms
            .first()
            .ok_or("the preset names no algorithm")?;
        let target = Target::read(&form.from)?;
        let mut head = json!({ "alg": named.name(), "typ": "JWT" });
        // The id of a fetched key, which a key that was pasted does not need.
        if named.algorithm().is_public_key() {
            head = json!({ "alg": named.name(), "typ": "JWT", "kid": "hookferry" });
        }
        let head = URL_SAFE_NO_PAD.encode(head.to_string());
        let (shown, signed) = match &form.detached {
            Some(content) => {
                let content = self.content(&[content])?;
                (String::new(), URL_SAFE_NO_PAD.encode(content))
            }
            None => {
                let payload = URL_SAFE_NO_PAD.encode(self.payload(form, &target.place)?);
                (payload.clone(), payload)
            }
        };
        let signature = self.tag(named.algorithm(), format!("{head}.{signed}").as_bytes())?;
        let token = format!("{head}.{shown}.{}", URL_SAFE_NO_PAD.encode(signature));
        let value = target.disguised(None, token.as_bytes())?;
        self.draft.put(&target.place, &value)
    }

    /// The claims: the sample itself where the body is the token.
    fn payload(&self, form: &JwtForm, place: &Place) -> Result<String, String> {
        let mut claims: Map<String, Value> = if *place == Place::Body {
            serde_json::from_slice(&self.draft.body)
                .map_err(|_| "the sample is no JSON object, which the token's payload has to be")?
        } else {
            Map::new()
        };
        for (pointer, texts) in &form.claims {
            let name = pointer.trim_start_matches('/');
            let wanted = texts.all().into_iter().find_map(|text| {
                if text == "*" {
                    return Some("hookferry".to_owned());
                }
                let text = template(text).ok()?.text(&self.draft)?;
                (!text.is_empty()).then_some(text)
            });
            let wanted = wanted.ok_or_else(|| format!("the claim {name} needs a param"))?;
            let wanted = match wanted.as_str() {
                "true" => Value::from(true),
                "false" => Value::from(false),
                _ => wanted.into(),
            };
            claims.insert(name.to_owned(), wanted);
        }
        for (pointer, own) in &form.where_given {
            let Some(values) = self.draft.params.get(&own.param) else {
                continue;
            };
            let values = values.iter().map(|it| String::from_utf8_lossy(it.reveal()));
            let values: Vec<_> = values.map(|it| it.into_owned()).collect();
            let wanted = match values.first() {
                Some(first) if !own.all => first.clone(),
                Some(_) | None => values.join(" "),
            };
            let name = pointer.trim_start_matches('/').to_owned();
            claims.insert(name, wanted.into());
        }
        claims.extend(self.draft.claims.clone());
        let now = self.now.seconds();
        claims.insert("iat".into(), now.into());
        claims.insert("exp".into(), (now + GOOD_S).into());
        Ok(Value::from(claims).to_string())
    }
}
