//! HTTP message signatures (RFC 9421), as a sender makes them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::Work;
use crate::settings::preset::Rfc9421Form;

impl Work<'_> {
    pub(super) fn message(&mut self, form: &Rfc9421Form) -> Result<(), String> {
        if form.covers.iter().any(|name| name == "content-digest") {
            let digest = STANDARD.encode(Sha256::digest(&self.draft.body));
            self.write(
                "{header:content-digest}",
                format!("sha-256=:{digest}:").as_bytes(),
            )?;
        }
        let names: Vec<_> = form
            .covers
            .iter()
            .map(|name| format!("\"{name}\""))
            .collect();
        let mut params = format!("({});created={}", names.join(" "), self.now.seconds());
        if let Some(keyid) = &form.keyid
            && let Some(keyid) = super::template(keyid)?.text(&self.draft)
        {
            params.push_str(&format!(";keyid=\"{keyid}\""));
        }
        if let Some(tag) = &form.tag {
            params.push_str(&format!(";tag=\"{tag}\""));
        }
        let mut base = String::new();
        for name in &form.covers {
            let value = self.component(name)?;
            base.push_str(&format!("\"{name}\": {value}\n"));
        }
        base.push_str(&format!("\"@signature-params\": {params}"));
        let signature = STANDARD.encode(self.tag(form.algorithm, base.as_bytes())?);
        let label = form.label.as_deref().unwrap_or("sig1");
        self.write(
            "{header:signature-input}",
            format!("{label}={params}").as_bytes(),
        )?;
        self.write(
            "{header:signature}",
            format!("{label}=:{signature}:").as_bytes(),
        )
    }

    fn component(&self, name: &str) -> Result<String, String> {
        let uri: http::Uri = (self.draft.url.parse()).map_err(|_| "the URL is none".to_owned())?;
        let cannot = || format!("the sample has no {name} that could be signed");
        Ok(match name {
            "@method" => self.draft.method.to_string(),
            "@target-uri" => self.draft.url.clone(),
            "@authority" => uri.authority().ok_or_else(cannot)?.to_string(),
            "@path" => uri.path().to_owned(),
            "@query" => format!("?{}", uri.query().unwrap_or_default()),
            _ => {
                let value = self
                    .draft
                    .headers
                    .get(name)
                    .and_then(|value| value.to_str().ok());
                value.ok_or_else(cannot)?.to_owned()
            }
        })
    }
}
