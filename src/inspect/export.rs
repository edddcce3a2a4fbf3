//! What is kept, to be taken along: HAR 1.2 (<http://www.softwareishard.com/blog/har-12-spec/>), or a line
//! of JSON each.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{StatusCode, header};
use serde_json::{Value, json};

use super::Inspector;
use super::answer::{Answer, AnswerBody};
use super::exchange::Exchange;

impl Inspector {
    pub(super) fn export(self: &Arc<Self>, format: &str) -> Answer {
        match format {
            "jsonl" => {
                let own = Arc::clone(self);
                let lines = self
                    .oldest_first()
                    .map(move |exchange| Bytes::from(format!("{}\n", own.detail(&exchange))));
                let body = AnswerBody::Pieces(Box::new(lines));
                Answer::new(StatusCode::OK, "application/jsonl", body).download("hookferry.jsonl")
            }
            "har" => {
                let own = Arc::clone(self);
                let mut is_first = true;
                let entries = self.oldest_first().map(move |exchange| {
                    let comma = if std::mem::take(&mut is_first) {
                        ""
                    } else {
                        ","
                    };
                    Bytes::from(format!("{comma}\n{}", own.entry(&exchange)))
                });
                let version = env!("CARGO_PKG_VERSION");
                let begin = format!(
                    "{{\"log\":{{\"version\":\"1.2\",\"creator\":{{\"name\":\"hookferry\",\"version\":\"{version}\"}},\"entries\":["
                );
                let begin = std::iter::once(Bytes::from(begin));
                let end = std::iter::once(Bytes::from_static(b"\n]}}\n"));
                let body = AnswerBody::Pieces(Box::new(begin.chain(entries).chain(end)));
                Answer::new(StatusCode::OK, "application/json", body).download("hookferry.har")
            }
            _ => Answer::wrong("format is har or jsonl"),
        }
    }

    /// One after the other, as they are asked for: what goes meanwhile is left out.
    fn oldest_first(self: &Arc<Self>) -> impl Iterator<Item = Arc<Exchange>> + Send + use<> {
        let own = Arc::clone(self);
        let (first, last) = self.range();
        (first..=last).filter_map(move |seq| own.get(seq))
    }

    fn entry(&self, exchange: &Exchange) -> Value {
        let request = &exchange.request;
        let mut url = self.url_of(exchange);
        if !request.query.is_empty() {
            url = format!("{url}?{}", request.query);
        }
        let headers = request.headers.iter().map(|(name, value)| {
            let value = String::from_utf8_lossy(value.as_bytes());
            json!({ "name": name.as_str(), "value": value })
        });
        let pairs = form_urlencoded::parse(request.query.as_bytes());
        let query = pairs.map(|(name, value)| json!({ "name": name, "value": value }));
        let content_type = request.headers.get(header::CONTENT_TYPE);
        let content_type = content_type.map(|value| String::from_utf8_lossy(value.as_bytes()));
        let posted = request.body.as_deref().filter(|body| !body.is_empty()).map(|body| {
            let mime = content_type.as_deref().unwrap_or("application/octet-stream");
            match std::str::from_utf8(body) {
                Ok(text) => json!({ "mimeType": mime, "text": text, "params": [] }),
                Err(_) => json!({
                    "mimeType": mime, "text": STANDARD.encode(body), "params": [], "comment": "base64",
                }),
            }
        });
        let stages = &exchange.stages;
        let read = stages.read.unwrap_or_default();
        let mut shown_request = json!({
            "method": request.method.as_str(),
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": headers.collect::<Vec<_>>(),
            "queryString": query.collect::<Vec<_>>(),
            "headersSize": -1,
            "bodySize": request.body_bytes,
        });
        if let (Some(posted), Value::Object(members)) = (posted, &mut shown_request) {
            members.insert("postData".to_owned(), posted);
        }
        let message = json!({ "reason": exchange.end.reason, "message": exchange.end.message });
        json!({
            "startedDateTime": exchange.at.text(),
            "time": stages.whole,
            "request": shown_request,
            "response": {
                "status": exchange.end.status,
                "statusText": exchange.end.reason,
                "httpVersion": "HTTP/1.1",
                "cookies": [],
                "headers": [],
                "content": { "size": 0, "mimeType": "application/json", "text": message.to_string() },
                "redirectURL": "",
                "headersSize": -1,
                "bodySize": -1,
            },
            "cache": {},
            "timings": { "send": 0, "wait": (stages.whole - read).max(0.0), "receive": read },
            "_hookferry": Value::Object(super::show::summary(exchange)),
        })
    }
}
