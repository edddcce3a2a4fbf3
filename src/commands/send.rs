//! `hookferry send`: a correctly signed sample webhook, sent over a real socket.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;

use super::{FAILED, USAGE, providers, verify};
use crate::authenticate::Secret;
use crate::fetch::Fetcher;
use crate::settings::preset::{Preset, Sample};
use crate::sign::{self, Signer};
use crate::time::UnixTime;

/// How long a delivery may take, connecting and answering.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(clap::Args)]
pub struct SendArgs {
    /// The provider preset to sign as
    #[arg(long, value_name = "ID")]
    provider: String,
    /// A preset of your own, or a folder of them, where the provider is one
    #[arg(long, value_name = "PATH")]
    preset: Option<PathBuf>,
    /// The shared secret; for public-key schemes the private key: PKCS#8 in PEM or base64
    #[arg(long, value_name = "TEXT")]
    secret: Option<String>,
    /// Where to send it: an http:// or https:// URL
    #[arg(long, value_name = "URL")]
    to: String,
    /// The public URL that the source is configured with, where the scheme signs it; --to else
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Which of the preset's samples, by its event type; the first where absent
    #[arg(long, value_name = "TYPE")]
    event: Option<String>,
    /// Another body for the sample
    #[arg(long, value_name = "FILE")]
    data: Option<PathBuf>,
    /// The delivery's id, where it is in a header; a new one where absent
    #[arg(long)]
    id: Option<String>,
    /// A value that the source is configured with
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// A further header, or another value for one of the sample's
    #[arg(long, value_name = "NAME: VALUE")]
    header: Vec<String>,
    /// The URL that the signer's certificate is said to be at
    #[arg(long, value_name = "URL")]
    certificate_url: Option<String>,
    /// Change one key of the preset, as in verify.signature.from={header:x-signature}
    #[arg(long = "override", value_name = "KEY=VALUE")]
    changes: Vec<String>,
    /// How often to send it, one after the other, each signed anew
    #[arg(long, value_name = "N", default_value_t = 1)]
    count: u64,
}

/// They hold a secret, so they do not show themselves.
impl std::fmt::Debug for SendArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SendArgs")
            .field("provider", &self.provider)
            .field("to", &self.to)
            .finish_non_exhaustive()
    }
}

/// What is sent again and again.
struct Plan {
    preset: Preset,
    signer: Signer,
    sample: Sample,
    to: String,
    id: Option<String>,
}

pub fn run(args: &SendArgs) -> ExitCode {
    let plan = match plan(args) {
        Ok(plan) => plan,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::from(USAGE);
        }
    };
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("cannot start the runtime: {error}");
            return ExitCode::from(FAILED);
        }
    };
    let fetcher = match Fetcher::for_deliveries() {
        Ok(fetcher) => fetcher,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(FAILED);
        }
    };
    let mut all_taken = true;
    for _ in 0..args.count {
        match runtime.block_on(plan.deliver(&fetcher)) {
            Ok(taken) => all_taken &= taken,
            Err(said) => {
                eprintln!("{said}");
                return ExitCode::from(FAILED);
            }
        }
    }
    if all_taken {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    }
}

fn plan(args: &SendArgs) -> Result<Plan, String> {
    let own = providers::own(args.preset.as_deref())?;
    let preset = providers::preset(&own, &args.provider, &args.changes)?;
    let to: Uri = args
        .to
        .parse()
        .map_err(|_| format!("--to {:?} is no URL", args.to))?;
    if !matches!(to.scheme_str(), Some("http" | "https")) || to.host().is_none() {
        return Err("--to takes an http:// or https:// URL".into());
    }
    let mut sample = sample(&preset, args.event.as_deref())?;
    for line in &args.header {
        let (name, value) = line
            .split_once(':')
            .ok_or_else(|| format!("--header {line:?} is not NAME: VALUE"))?;
        let name = name.trim().to_ascii_lowercase();
        if name == "content-type" {
            sample.content_type = value.trim().into();
        } else {
            sample.headers.insert(name, value.trim().into());
        }
    }
    if let Some(file) = &args.data {
        sample.body = std::fs::read_to_string(file)
            .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    }
    let params: BTreeMap<String, Vec<String>> = verify::params(&args.param)?;
    let secret = args
        .secret
        .as_deref()
        .map(|text| Secret::new(text.as_bytes()));
    if secret.is_none() {
        offer_keys(&preset)?;
    }
    let signer = Signer {
        secret: secret.clone().filter(|_| preset.secret.is_some()),
        private_key: secret,
        certificate_url: args.certificate_url.clone(),
        params: params
            .into_iter()
            .flat_map(|(name, values)| values.into_iter().map(move |value| (name.clone(), value)))
            .collect(),
        url: args.url.clone().unwrap_or_else(|| args.to.clone()),
    };
    Ok(Plan {
        preset,
        signer,
        sample,
        to: args.to.clone(),
        id: args.id.clone(),
    })
}

/// Where the provider would hold a private key, a pair to try with.
///
/// # Errors
/// The pair, with what to do with either key.
fn offer_keys(preset: &Preset) -> Result<(), String> {
    let Some(algorithm) = preset.verify.public_key_algorithm() else {
        return Ok(());
    };
    let (private, public) = sign::generate(algorithm)?;
    let private = String::from_utf8_lossy(private.reveal()).into_owned();
    Err(format!(
        "{} signs with a private key. To try it, here is a pair:\n  configure the source with\n    \
         public_keys: ['{public}']\n  and send with\n    --secret '{private}'",
        preset.name
    ))
}

/// What is said of a configuration's keys, said of the options that take their place.
fn by_options(said: &str) -> String {
    let line = |line: &str| match line.split_once(": ") {
        Some(("secrets", rest)) => format!("--secret: {rest}"),
        Some((key, rest)) if key.starts_with("params") => {
            format!("--param: {}: {rest}", key.trim_start_matches("params."))
        }
        _ => line.to_owned(),
    };
    said.lines().map(line).collect::<Vec<_>>().join("\n")
}

pub(super) fn sample(preset: &Preset, event: Option<&str>) -> Result<Sample, String> {
    let mut samples = preset.samples.iter();
    let found = match event {
        None => samples.next(),
        Some(event) => samples.find(|sample| sample.r#type == event),
    };
    found.cloned().ok_or_else(|| {
        let known: Vec<_> = preset
            .samples
            .iter()
            .map(|sample| sample.r#type.as_str())
            .collect();
        format!(
            "{} has no such sample; it has: {}",
            preset.id,
            if known.is_empty() {
                "none".to_owned()
            } else {
                known.join(", ")
            }
        )
    })
}

impl Plan {
    /// Sends it once; whether it was answered 2xx.
    async fn deliver(&self, fetcher: &Fetcher) -> Result<bool, String> {
        let id = self
            .id
            .clone()
            .unwrap_or_else(|| uuid::Uuid::now_v7().to_string());
        let now = UnixTime::now();
        let signed = sign::sign(&self.preset, &self.signer, &self.sample, &id, now);
        let signed = signed.map_err(|said| by_options(&said))?;
        let to = signed.aimed_at(&self.to);
        let body = Bytes::from(signed.body);
        let asked = fetcher.exchange(signed.method, &to, signed.headers, body, PATIENCE);
        let (status, body) = asked
            .await
            .map_err(|error| {
                format!(
                    "{}: {error}; is a daemon there? `hookferry dev` and `hookferry serve` say where they listen",
                    self.to
                )
            })?;
        let body = String::from_utf8_lossy(&body);
        println!(
            "{} {} -> {status} {body}",
            self.preset.id, self.sample.r#type
        );
        Ok(status.is_success())
    }
}
