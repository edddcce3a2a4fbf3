//! Every preset with a shared secret, under a secret that nobody has signed with: whatever comes, nothing is taken for a
//! delivery. Were a secret compared byte by byte anywhere, libFuzzer's view of comparisons would find it.

use std::sync::LazyLock;

use hookferry::authenticate::Check;
use hookferry::commands::verify::cases::Case;
use hookferry::settings::compile::Endpoint;
use hookferry::settings::providers;

use super::wire::{Wire, delivers, genuine, swell, swollen};
use hookferry::commands::verify::cases::Judge;

struct Other {
    endpoint: Endpoint,
    request: Wire,
}

static OTHERS: LazyLock<Vec<Other>> = LazyLock::new(|| {
    let found: Vec<_> = providers::ids().filter_map(other).collect();
    assert!(
        found.len() > 300,
        "{} presets with a shared secret",
        found.len()
    );
    found
});

/// The preset with another secret of the same form; `None` where its genuine request does not depend on one.
fn other(id: &str) -> Option<Other> {
    let mut case: Case = genuine(id).into_iter().next()?;
    let request = Wire::of(&case.received().ok()?);
    if case.config.secrets.is_empty() {
        return None;
    }
    for secret in &mut case.config.secrets {
        *secret = turned(secret);
    }
    let endpoint = Judge::default().endpoint(&case).ok()?;
    let is_checked = !matches!(endpoint.scheme.check, Check::Unverified);
    (is_checked && !delivers(&endpoint, &request)).then_some(Other { endpoint, request })
}

/// Other letters and digits in the same places; what a prefix like `whsec_` says stays.
fn turned(secret: &str) -> String {
    let (prefix, rest) = match secret.rfind('_') {
        Some(at) if at < 12 => secret.split_at(at + 1),
        _ => ("", secret),
    };
    let turn = |char: char| match char {
        'a'..='e' | 'A'..='E' | '0'..='8' => char::from_u32(u32::from(char) + 1).unwrap_or(char),
        'f' => 'a',
        'F' => 'A',
        '9' => '0',
        other => other,
    };
    let rest: String = rest.chars().map(turn).collect();
    format!("{prefix}{rest}")
}

pub fn other_secret(data: &[u8]) {
    let Some(([high, low], rest)) = data.split_first_chunk::<2>() else {
        return;
    };
    let at = usize::from(u16::from_be_bytes([*high, *low])) % OTHERS.len();
    let Some(wire) = Wire::read(&swollen(rest)) else {
        return;
    };
    let other = &OTHERS[at];
    assert!(!delivers(&other.endpoint, &wire), "preset {at}: a forgery");
}

pub fn seeds() -> Vec<Vec<u8>> {
    let each = OTHERS.iter().zip(0_u16..);
    let plain = each.map(|(other, at)| {
        let mut seed = [at.to_be_bytes().as_slice(), &other.request.write()].concat();
        if at % 3 == 0 {
            seed.extend(swell(24, 13));
        }
        seed
    });
    plain.collect()
}
