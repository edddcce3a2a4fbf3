//! What a provider is answered: handshakes, and its own form of "received".

use http::HeaderName;

use super::Compiler;
use crate::authenticate::{
    Accepted, AnswerBody, AnswerForm, Call, Challenge, Handshake, JsonForm, Learn,
};
use crate::settings::preset::{
    AcceptedForm, ChallengeForm, HandshakeForm, ReplyForm, SecretEncoding,
};
use crate::template::Scope;

impl Compiler<'_> {
    pub(super) fn handshake(&mut self, form: &HandshakeForm) -> Handshake {
        let challenge = form
            .challenge
            .as_ref()
            .map(|form: &ChallengeForm| Challenge {
                from: self.template("handshakes.challenge.from", &form.from, Scope::Authenticate),
                bytes_max: form.bytes_max,
                not_prefix: form.not_prefix.clone(),
            });
        let scope = Scope::Authenticate;
        let learn = form.learn.as_deref();
        let secret = self.preset.secret.as_ref();
        let learn = learn.map(|text| Learn {
            from: self.template("handshakes.learn", text, scope),
            bytes_min: secret.map_or(16, |form| form.bytes_min),
        });
        if learn.is_some() && secret.is_none_or(|form| form.encoding != SecretEncoding::Utf8) {
            let said = "a secret is taken in as the text that it is; its encoding must be utf8";
            self.problem("override.handshakes.learn", said);
        }
        let values = self.values("handshakes.values", &form.values);
        Handshake {
            values,
            when: self.conditions("handshakes.when", &form.when),
            signed: form.signed,
            require: form
                .require
                .iter()
                .map(|form| self.check("handshakes.require", form))
                .collect(),
            challenge,
            reply: self.reply("handshakes.reply", &form.reply),
            learn,
        }
    }

    pub(super) fn accepted(&mut self, form: &AcceptedForm) -> Vec<Accepted> {
        match form {
            AcceptedForm::One(form) => vec![Accepted {
                when: Vec::new(),
                reply: self.reply("accepted", form),
                call: None,
            }],
            AcceptedForm::Some(forms) => {
                let each = forms.iter().enumerate();
                each.map(|(at, form)| Accepted {
                    when: self.conditions(&format!("accepted[{at}].when"), &form.when),
                    reply: self.reply(&format!("accepted[{at}].reply"), &form.reply),
                    call: form.call.as_ref().map(|form| Call {
                        url: self.template(
                            &format!("accepted[{at}].call.url"),
                            &form.url,
                            Scope::Authenticate,
                        ),
                        hosts: form.hosts.clone(),
                    }),
                })
                .collect()
            }
        }
    }

    pub(super) fn reply(&mut self, key: &str, form: &ReplyForm) -> AnswerForm {
        let scope = Scope::Authenticate;
        let mut headers = Vec::new();
        for (name, value) in &form.headers {
            let value = self.template(&format!("{key}.headers"), value, scope);
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(name) => headers.push((name, value)),
                Err(_) => self.problem(
                    format!("override.{key}.headers"),
                    format!("{name:?} is no header name"),
                ),
            }
        }
        let body = match (&form.body, &form.json) {
            (None, None) => AnswerBody::Empty,
            (Some(text), None) => {
                AnswerBody::Text(self.template(&format!("{key}.body"), text, scope))
            }
            (None, Some(value)) => AnswerBody::Json(self.json(&format!("{key}.json"), value)),
            (Some(_), Some(_)) => {
                self.problem(
                    format!("override.{key}"),
                    "body and json exclude each other",
                );
                AnswerBody::Empty
            }
        };
        AnswerForm {
            status: form.status.unwrap_or(200),
            content_type: form.content_type.clone(),
            headers,
            body,
        }
    }

    fn json(&mut self, key: &str, value: &serde_json::Value) -> JsonForm {
        use serde_json::Value;
        match value {
            Value::String(text) => JsonForm::Text(self.template(key, text, Scope::Authenticate)),
            Value::Null | Value::Bool(_) | Value::Number(_) => JsonForm::Fixed(value.clone()),
            Value::Array(values) => {
                JsonForm::List(values.iter().map(|value| self.json(key, value)).collect())
            }
            Value::Object(members) => {
                let members = members.iter();
                let forms = members.map(|(name, value)| (name.clone(), self.json(key, value)));
                JsonForm::Object(forms.collect())
            }
        }
    }
}
