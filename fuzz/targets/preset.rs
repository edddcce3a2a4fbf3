//! Presets as operators write them: what is wrong is said; what is taken judges a request without trouble.

use hookferry::settings::compile::{Operator, endpoint};
use hookferry::settings::providers;

use super::wire::{Wire, delivers};

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // Whoever writes the secret into the preset is told of it.
    if text.contains("a secret that only") {
        return;
    }
    let Ok(tree) = providers::read_text(text) else {
        return;
    };
    let Ok(preset) = providers::parse(tree) else {
        return;
    };
    let operator = Operator {
        name: "fuzzed".into(),
        uri: "https://hooks.example.com/in".into(),
        url: "https://hooks.example.com/in".into(),
        secrets: vec!["a secret that only this target knows".into()],
        ..Operator::default()
    };
    match endpoint(&preset, &operator) {
        Ok(endpoint) => {
            let request = b"POST /in?a=b\nauthorization: Bearer a.b.c\nx-signature: 00\nx-hub-signature: sha1=00\n\n{\"type\":\"a\"}";
            let wire = Wire::read(request).expect("a request");
            let _ = delivers(&endpoint, &wire);
        }
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in problems {
                assert!(
                    !problem.said.is_empty() && !problem.said.contains("a secret that only"),
                    "{problem:?}"
                );
            }
        }
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let ids = [
        "github",
        "stripe",
        "twilio",
        "adyen",
        "aws-sns",
        "plaid",
        "rfc9421",
        "telegram",
        "dropbox-sign",
        "apple-app-store",
        "contentful",
        "dev",
        "hubspot-v1",
        "generic-sigv4",
        "zoom",
    ];
    ids.iter()
        .filter_map(|id| providers::text(id))
        .map(|text| text.as_bytes().to_vec())
        .collect()
}
