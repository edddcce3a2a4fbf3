//! Both sides of a preset's scheme: what an operator configures, and what its provider holds.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::authenticate::Secret;
use hookferry::peek::xml;
use hookferry::settings::compile::Operator;
use hookferry::settings::preset::{Preset, SecretEncoding, VerifyForm};
use hookferry::sign::{self, Signer};

use serde_json::{Map, Value, json};

use super::Folder;
use super::certificate::certificate;

/// Presets that nobody but their providers can sign as, and why.
pub const UNSENDABLE: &[(&str, &str)] = &[
    ("apple-app-store", "cannot be written"),
    ("ebay", "EcdsaP256Sha1 is only verified here"),
    ("paddle-classic", "RsaSha1 is only verified here"),
    ("travis-ci", "RsaSha1 is only verified here"),
];

/// Keys of both sides.
#[derive(Debug)]
pub struct Sides {
    pub operator: Operator,
    pub signer: Signer,
}

/// A secret of the form that the preset's provider gives.
fn secret(encoding: SecretEncoding) -> String {
    match encoding {
        SecretEncoding::Utf8 => "a secret of this test:1".to_owned(),
        SecretEncoding::Hex => hex::encode([9; 32]),
        SecretEncoding::Base64 | SecretEncoding::Whsec | SecretEncoding::Base64url => {
            STANDARD.encode([9; 24])
        }
    }
}

/// Both sides of a source that is at `url`.
pub fn sides(preset: &Preset, url: &str) -> Sides {
    let secret = preset.secret.as_ref().map(|form| {
        let derive = form.derive.as_deref().unwrap_or_default();
        let prefix = ["|after:", "|behind:"];
        let prefix = prefix.iter().find_map(|name| derive.split_once(name));
        let prefix = prefix.map_or("", |(_, rest)| rest);
        let prefix = prefix.split(['|', '}']).next().unwrap_or_default();
        let is_base64 = derive.contains("from_base64") && form.encoding == SecretEncoding::Utf8;
        let encoding = if is_base64 {
            SecretEncoding::Base64
        } else {
            form.encoding
        };
        format!("{prefix}{}", secret(encoding))
    });
    let mut operator = Operator {
        name: preset.id.clone(),
        uri: url.into(),
        url: url.into(),
        secrets: secret.iter().cloned().collect(),
        strict: true,
        ..Operator::default()
    };
    let mut signer = Signer {
        secret: secret.map(Secret::new),
        url: url.into(),
        ..Signer::default()
    };
    for name in preset.params.keys() {
        let value = param(preset, name);
        operator.params.insert(name.clone(), vec![value.clone()]);
        signer.params.push((name.clone(), value));
    }
    let Some(algorithm) = preset.verify.public_key_algorithm() else {
        return Sides { operator, signer };
    };
    let Ok((private, public)) = sign::generate(algorithm) else {
        return Sides { operator, signer };
    };
    signer.private_key = Some(private);
    let rule = preset.verify.all().into_iter().find_map(|form| match form {
        VerifyForm::Signature(form) => form.certificate.as_ref(),
        _ => None,
    });
    if let Some(rule) = rule {
        let host = rule.hosts[0].replace("??-*", "*").replace('*', "eu-west-1");
        let url = format!("https://{host}/key.pem");
        let known = (url.clone(), certificate(&public));
        operator.certificates.push(known);
        signer.certificate_url = Some(url);
    } else {
        operator.public_keys.push(public);
    }
    Sides { operator, signer }
}

/// The source as an operator configures it; secrets go into `env`.
pub fn described(
    preset: &Preset,
    sides: &Sides,
    path: &str,
    folder: &Folder,
    env: &mut Vec<(String, String)>,
) -> Value {
    let mut kept = |value: &str| {
        let name = format!("SECRET_{}", env.len());
        env.push((name.clone(), value.to_owned()));
        json!({ "env": name })
    };
    let secrets: Vec<Value> = sides.operator.secrets.iter().map(|it| kept(it)).collect();
    let params = sides.operator.params.iter().map(|(name, values)| {
        let is_secret = preset.params[name].secret;
        let value = if is_secret {
            kept(&values[0])
        } else {
            json!(values[0])
        };
        (name.clone(), value)
    });
    let params: Map<String, Value> = params.collect();
    let certificates = sides.operator.certificates.iter().map(|(url, pem)| {
        let file = folder.write(&format!("{}.pem", preset.id), pem);
        json!({ "url": url, "file": file })
    });
    let certificates: Vec<Value> = certificates.collect();
    let mut described = json!({
        "provider": preset.id,
        "path": path,
        "secrets": secrets,
        "public_keys": sides.operator.public_keys,
        "certificates": certificates,
        "params": params,
    });
    if preset.synchronous.is_some() {
        described["override"] = json!({ "accepted": { "json": {} } });
    }
    described
}

/// A value for a param; one that the preset's first sample has, where a check compares with that.
fn param(preset: &Preset, name: &str) -> String {
    let wanted = format!("{{param:{name}}}");
    for form in preset.verify.all() {
        let place = match form {
            VerifyForm::OneOf(form) if form.param == name => &form.value,
            VerifyForm::Equal(form) if form.right == wanted => &form.left,
            VerifyForm::Equal(form) if form.left == wanted => &form.right,
            _ => continue,
        };
        let body = preset.samples.first().map(|sample| sample.body.as_str());
        let path = place
            .strip_prefix("{xml:")
            .and_then(|rest| rest.strip_suffix('}'));
        let found = path.zip(body);
        let found = found.and_then(|(path, body)| xml::text(body.as_bytes(), path));
        if let Some(value) = found {
            return value;
        }
        let pointer = place
            .strip_prefix("{json:")
            .and_then(|rest| rest.strip_suffix('}'));
        let found = pointer.zip(body).and_then(|(pointer, body)| {
            let body: serde_json::Value = serde_json::from_str(body).ok()?;
            let value = body.pointer(pointer)?;
            let text = value.as_str().map(str::to_owned);
            Some(text.unwrap_or_else(|| value.to_string()))
        });
        if let Some(value) = found {
            return value;
        }
    }
    format!("value-of-{name}")
}
