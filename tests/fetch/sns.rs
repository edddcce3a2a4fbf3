//! Amazon SNS with other hosts: everything else is the preset's.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hookferry::authenticate::{Algorithm, Secret};
use hookferry::settings::providers;
use hookferry::sign::KeyPair;
use hookferry::time::UnixTime;
use serde_json::{Value, json};

use crate::support::client::{Client, Reply};

pub(crate) const TOPIC: &str = "arn:aws:sns:us-east-1:123456789012:orders";

/// A source whose certificates are at `hosts`, for one of `names`, and whose subscriptions are
/// confirmed at `confirm`, a `host:port`.
pub(crate) fn source(path: &str, hosts: &[String], names: &[&str], confirm: &str) -> Value {
    let preset = providers::load("aws-sns").unwrap().unwrap();
    let mut verify = preset["verify"].clone();
    assert_eq!(place(&mut verify, &json!(hosts), &json!(names)), 4);
    let mut accepted = preset["accepted"].clone();
    for form in accepted.as_array_mut().unwrap() {
        let url = form["call"]["url"].as_str().unwrap();
        let region = "sns.{json:/TopicArn|behind::sns:|until::}.amazonaws.com";
        assert!(url.contains(region), "{url}");
        let url = url.replace(".amazonaws.com.cn", ".amazonaws.com");
        let own = format!("{confirm}/{{json:/TopicArn|behind::sns:|until::}}");
        form["call"]["url"] = url.replace(region, &own).into();
        form["call"]["hosts"] = json!([confirm]);
    }
    json!({
        "provider": "aws-sns", "path": path, "params": { "topic_arns": [TOPIC] },
        "override": { "verify": verify, "accepted": accepted },
    })
}

/// Puts these wherever the preset says where certificates are; how often that was.
fn place(tree: &mut Value, hosts: &Value, names: &Value) -> usize {
    match tree {
        Value::Object(members) => {
            if members.contains_key("fetch_for") {
                members.insert("hosts".into(), hosts.clone());
                members.insert("fetch_for".into(), names.clone());
                return 1;
            }
            members.values_mut().map(|it| place(it, hosts, names)).sum()
        }
        Value::Array(items) => items.iter_mut().map(|it| place(it, hosts, names)).sum(),
        _ => 0,
    }
}

pub(crate) fn key(pem: &str) -> KeyPair {
    KeyPair::parse(Algorithm::RsaSha256, &Secret::new(pem)).unwrap()
}

/// A message's fields in the order in which they are signed.
const SIGNED: &[&str] = &[
    "Message",
    "MessageId",
    "SubscribeURL",
    "Subject",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
];

/// A signed message whose certificate is at `url`; `more` adds fields to it or replaces them.
pub(crate) fn message(key: &KeyPair, url: &str, id: &str, more: Value) -> Value {
    let mut message = json!({
        "Type": "Notification", "MessageId": id, "TopicArn": TOPIC, "Message": "Hello world!",
        "Timestamp": UnixTime::now().text(), "SignatureVersion": "2", "SigningCertURL": url,
    });
    let (Value::Object(fields), Value::Object(more)) = (&mut message, more) else {
        panic!("both are objects");
    };
    fields.extend(more);
    let signed = SIGNED.iter().filter_map(|name| {
        let value = fields.get(*name)?.as_str()?;
        Some(format!("{name}\n{value}\n"))
    });
    let signed: String = signed.collect();
    let signature = key.sign(signed.as_bytes()).unwrap();
    message["Signature"] = STANDARD.encode(signature).into();
    message
}

pub(crate) async fn send(client: &Client, path: &str, message: &Value) -> Reply {
    let headers = [
        ("content-type", "text/plain; charset=UTF-8"),
        ("x-amz-sns-message-type", message["Type"].as_str().unwrap()),
    ];
    client.post(path, &headers, message.to_string()).await
}
