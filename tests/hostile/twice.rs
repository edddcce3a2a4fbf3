//! What a signature is made of, sent twice: no reader may pick one of two.

use super::support::github::{hmac, hmac_hex, signature};
use super::support::now_s;
use super::*;

type Headers = Vec<(&'static str, String)>;

/// What a provider sends, and how.
struct Scheme {
    provider: &'static str,
    /// Whether values of one header are a list whose parts stand side by side.
    has_list: bool,
    headers: fn(&[u8], &str) -> Headers,
}

fn base64(bytes: Vec<u8>) -> String {
    STANDARD.encode(bytes)
}

fn at() -> String {
    now_s().to_string()
}

fn github(body: &[u8], _: &str) -> Headers {
    vec![("x-hub-signature-256", signature(SECRET, body))]
}

fn bitbucket(body: &[u8], _: &str) -> Headers {
    vec![("x-hub-signature", signature(SECRET, body))]
}

fn shopify(body: &[u8], _: &str) -> Headers {
    vec![(
        "x-shopify-hmac-sha256",
        base64(hmac(SECRET.as_bytes(), body)),
    )]
}

fn dropbox(body: &[u8], _: &str) -> Headers {
    vec![("x-dropbox-signature", hmac_hex(SECRET.as_bytes(), body))]
}

fn typeform(body: &[u8], _: &str) -> Headers {
    let value = format!("sha256={}", base64(hmac(SECRET.as_bytes(), body)));
    vec![("typeform-signature", value)]
}

fn stripe(body: &[u8], _: &str) -> Headers {
    let at = at();
    let signed = [at.as_bytes(), b".", body].concat();
    let value = format!("t={at},v1={}", hmac_hex(SECRET.as_bytes(), &signed));
    vec![("stripe-signature", value)]
}

fn v0(body: &[u8], names: [&'static str; 2]) -> Headers {
    let at = at();
    let signed = [b"v0:", at.as_bytes(), b":", body].concat();
    let value = format!("v0={}", hmac_hex(SECRET.as_bytes(), &signed));
    vec![(names[0], value), (names[1], at)]
}

fn slack(body: &[u8], _: &str) -> Headers {
    v0(body, ["x-slack-signature", "x-slack-request-timestamp"])
}

fn zoom(body: &[u8], _: &str) -> Headers {
    v0(body, ["x-zm-signature", "x-zm-request-timestamp"])
}

fn gitlab(_: &[u8], _: &str) -> Headers {
    vec![("x-gitlab-token", SECRET.to_owned())]
}

fn telegram(_: &[u8], _: &str) -> Headers {
    vec![("x-telegram-bot-api-secret-token", SECRET.to_owned())]
}

fn standard(body: &[u8], id: &str) -> Headers {
    let at = at();
    let signed = [id.as_bytes(), b".", at.as_bytes(), b".", body].concat();
    // The daemon takes what is behind whsec_ for base64, and so do we.
    let value = format!("v1,{}", base64(hmac(SECRET.as_bytes(), &signed)));
    vec![
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", at),
        ("webhook-signature", value),
    ]
}

const SCHEMES: &[Scheme] = &[
    Scheme {
        provider: "github",
        has_list: false,
        headers: github,
    },
    Scheme {
        provider: "bitbucket",
        has_list: false,
        headers: bitbucket,
    },
    Scheme {
        provider: "shopify",
        has_list: false,
        headers: shopify,
    },
    Scheme {
        provider: "dropbox",
        has_list: false,
        headers: dropbox,
    },
    Scheme {
        provider: "typeform",
        has_list: false,
        headers: typeform,
    },
    Scheme {
        provider: "stripe",
        has_list: true,
        headers: stripe,
    },
    Scheme {
        provider: "slack",
        has_list: false,
        headers: slack,
    },
    Scheme {
        provider: "zoom",
        has_list: false,
        headers: zoom,
    },
    Scheme {
        provider: "gitlab",
        has_list: false,
        headers: gitlab,
    },
    Scheme {
        provider: "telegram",
        has_list: false,
        headers: telegram,
    },
    Scheme {
        provider: "standard-webhooks",
        has_list: true,
        headers: standard,
    },
];

/// Another value of the same form.
fn other(value: &str) -> String {
    let last = if value.ends_with('1') { '2' } else { '1' };
    let mut other = value.to_owned();
    let at = value.trim_end_matches('=').len() - 1;
    other.replace_range(at..=at, &last.to_string());
    other
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_header_of_a_signature_that_is_there_twice_lets_nothing_in() {
    let mut sources = json!({});
    for scheme in SCHEMES.iter().filter(|it| it.provider != "github") {
        let secret = if scheme.provider == "standard-webhooks" {
            "WHSEC"
        } else {
            "GITHUB_SECRET"
        };
        sources[scheme.provider] = json!({
            "provider": scheme.provider,
            "path": format!("/webhooks/{}", scheme.provider),
            "secrets": [{ "env": secret }],
        });
    }
    let target = Target::with(json!({}), sources).await;
    let (mut cases, mut wrong) = (0, Vec::new());
    for scheme in SCHEMES {
        let path = format!("/webhooks/{}", scheme.provider);
        let id = format!("{}-{}", target.run, scheme.provider);
        let body = format!(
            r#"{{"id":"{id}","type":"a","webhookTimestamp":{}000}}"#,
            now_s()
        );
        let send = async |headers: &[(String, String)]| {
            let mut all = vec![
                ("content-type", "application/json"),
                ("x-github-event", "push"),
            ];
            all.extend(
                headers
                    .iter()
                    .map(|(name, value)| (name.as_str(), value.as_str())),
            );
            target.client.post(&path, &all, body.clone()).await
        };
        let lawful: Vec<_> = (scheme.headers)(body.as_bytes(), &id)
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect();
        for (at, (name, value)) in lawful.iter().enumerate() {
            let wrong_one = other(value);
            let upper = name.to_uppercase();
            let is = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            let mut ways = vec![
                vec![is(name, value), is(name, value)],
                vec![is(name, value), is(name, &wrong_one)],
                vec![is(name, &wrong_one), is(name, value)],
                vec![is(name, value), is(&upper, value)],
                vec![is(&upper, &wrong_one), is(name, value)],
                vec![is(name, value), is(name, value), is(name, value)],
                vec![is(name, value), is(name, &wrong_one), is(name, value)],
                vec![is(name, value), is("x-between", "a"), is(name, value)],
                vec![is(name, &format!("{value} {wrong_one} {value}x"))],
            ];
            if !scheme.has_list {
                ways.push(vec![is(name, value), is(name, "")]);
                ways.push(vec![is(name, ""), is(name, value)]);
                ways.push(vec![is(name, value), is(name, &value.to_uppercase())]);
                for joint in [", ", ",", ";", " ", "; ", "\t", " , "] {
                    ways.push(vec![is(name, &format!("{value}{joint}{value}"))]);
                    ways.push(vec![is(name, &format!("{value}{joint}{wrong_one}"))]);
                    ways.push(vec![is(name, &format!("{wrong_one}{joint}{value}"))]);
                }
            }
            if scheme.provider == "standard-webhooks" && name == "webhook-signature" {
                // This one is a list, on one line or several: one of it has to be right, and none is.
                let many = vec![wrong_one.as_str(); 30].join(" ");
                ways = vec![
                    vec![is(name, &wrong_one), is(name, &wrong_one)],
                    vec![is(name, &wrong_one), is(name, "")],
                    vec![is(name, &wrong_one), is(name, &value.replace("v1,", "v2,"))],
                    vec![is(name, &wrong_one), is(name, &value.replace("v1,", ""))],
                    vec![is(name, &many), is(name, &many)],
                ];
            }
            for way in ways {
                let mut headers = lawful.clone();
                headers.splice(at..=at, way);
                let reply = send(&headers).await;
                cases += 1;
                if reply.status != 401 {
                    wrong.push(format!("{}: {headers:?}: {reply:?}", scheme.provider));
                }
            }
        }
        // As it is, it is right.
        let reply = send(&lawful).await;
        assert_eq!(reply.status, 200, "{}: {reply:?}", scheme.provider);
    }
    println!("{cases} cases");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(target.stored().len(), SCHEMES.len());
    target.has_kept_calm();
}
