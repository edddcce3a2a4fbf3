//! `hookferry dev`: everything in one process, to try it.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{CONFIG, FAILED};
use crate::daemon::{self, Addresses};
use crate::logging::{self, Format};
use crate::publish::dev::{EmbeddedKafka, keep_all};
use crate::settings;

/// The providers that can be tried at once: those whose secret can be made up here.
const PROVIDERS: &[&str] = &[
    "github",
    "stripe",
    "shopify",
    "slack",
    "gitlab",
    "standard-webhooks",
    "generic-hmac",
];

#[derive(Debug, clap::Args)]
pub struct DevArgs {
    /// Where webhooks are taken; loopback only, because /dev verifies nothing
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Where metrics and health are answered
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9090")]
    admin: SocketAddr,
    /// Publish to this Kafka instead of the embedded broker
    #[arg(long, value_name = "HOST:PORT")]
    kafka: Option<String>,
    /// Publish to this RabbitMQ, too or instead
    #[arg(long, value_name = "URL")]
    rabbitmq: Option<String>,
}

pub fn run(args: &DevArgs) -> ExitCode {
    logging::start(Format::Text, "info");
    match try_it(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err((code, said)) => {
            eprintln!("{said}");
            ExitCode::from(code)
        }
    }
}

fn try_it(args: &DevArgs) -> Result<(), (u8, String)> {
    let failed = |error: String| (FAILED, error);
    if !args.listen.ip().is_loopback() {
        let said = "--listen: dev takes anything unsigned at /dev, so it listens on loopback only";
        return Err((super::USAGE, said.into()));
    }
    let embedded = match (&args.kafka, &args.rabbitmq) {
        (None, None) => Some(EmbeddedKafka::start().map_err(failed)?),
        (Some(_), _) | (None, Some(_)) => None,
    };
    let kafka = match &embedded {
        Some(embedded) => Some(embedded.address()),
        None => args.kafka.clone(),
    };
    let folder = Folder::new().map_err(|error| failed(error.to_string()))?;
    let secrets = write_config(args, kafka.as_deref(), &folder.0)
        .map_err(|error| failed(error.to_string()))?;
    let config = folder.0.join("config.yaml");
    let loaded = settings::load(Some(&config)).map_err(|faults| (CONFIG, faults.to_string()))?;
    let load = Box::new(move || settings::load(Some(&config)));
    let runtime = tokio::runtime::Runtime::new().map_err(|error| failed(error.to_string()))?;
    runtime
        .block_on(async {
            if let Some(url) = &args.rabbitmq {
                // Without a queue every event would be unroutable, and so answered 503.
                keep_all(url, "webhooks", "hookferry-dev").await?;
            }
            let up = |addresses: Addresses| {
                let said = welcome(
                    args,
                    kafka.as_deref(),
                    embedded.is_some(),
                    addresses,
                    &secrets,
                );
                println!("{said}");
            };
            daemon::run(loaded.settings, load, up).await
        })
        .map_err(failed)
}

/// Writes the configuration that `serve` would take, and its secrets; returns them by provider.
fn write_config(
    args: &DevArgs,
    kafka: Option<&str>,
    folder: &Path,
) -> io::Result<Vec<(&'static str, String)>> {
    let mut yaml = format!(
        "listen: {}\nadmin: {{ listen: {}, inspector: {{ enabled: {} }} }}\nsinks:\n",
        args.listen,
        args.admin,
        // Without a token it is for this machine alone.
        args.admin.ip().is_loopback()
    );
    // Writing to a String cannot fail.
    if let Some(brokers) = kafka {
        let _ = writeln!(yaml, "  kafka: {{ type: kafka, brokers: \"{brokers}\" }}");
    }
    if let Some(url) = &args.rabbitmq {
        keep_secret(&folder.join("rabbitmq-url"), url)?;
        let file = folder.join("rabbitmq-url");
        let _ = writeln!(
            yaml,
            "  rabbitmq: {{ type: rabbitmq, url: {{ file: {} }}, exchange: webhooks }}",
            file.display()
        );
    }
    yaml.push_str("sources:\n  dev: { provider: dev, path: /dev }\n");
    let mut secrets = Vec::new();
    for provider in PROVIDERS {
        let secret = made_up(provider)?;
        let file = folder.join(provider);
        keep_secret(&file, &secret)?;
        let _ = writeln!(
            yaml,
            "  {provider}: {{ provider: {provider}, path: /webhooks/{provider}, secrets: [{{ file: {} }}] }}",
            file.display()
        );
        secrets.push((*provider, secret));
    }
    fs::write(folder.join("config.yaml"), yaml)?;
    Ok(secrets)
}

fn made_up(provider: &str) -> io::Result<String> {
    let mut bytes = [0_u8; 24];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| io::Error::other("the system gives no randomness"))?;
    Ok(match provider {
        "standard-webhooks" | "stripe" => format!("whsec_{}", STANDARD.encode(bytes)),
        _ => base16ct::lower::encode_string(&bytes),
    })
}

fn keep_secret(file: &Path, secret: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(file)?;
    io::Write::write_all(&mut file, secret.as_bytes())
}

fn welcome(
    args: &DevArgs,
    kafka: Option<&str>,
    embedded: bool,
    addresses: Addresses,
    secrets: &[(&str, String)],
) -> String {
    let url = format!("http://{}", addresses.ingress);
    // As it was called, so that the lines can be pasted.
    let hookferry = std::env::args()
        .next()
        .unwrap_or_else(|| "hookferry".into());
    let mut said = format!("\nhookferry takes webhooks at {url}\n");
    if args.admin.ip().is_loopback() {
        let _ = writeln!(
            said,
            "See each of them, what became of it and why: http://{}/inspector/",
            addresses.admin
        );
    }
    if embedded {
        said.push_str(
            "The broker is embedded: Kafka's protocol, in memory, for this machine. Read it by the line below\n\
             or kcat; Kafka's Java clients read nothing from it. It forgets old events beyond 5 MB a partition, and\n\
             all of them at the end. For real ones: dev --kafka HOST:PORT, dev --rabbitmq URL.\n",
        );
    }
    said.push_str("\nSee events arrive, in another terminal:\n");
    if let Some(brokers) = kafka {
        let _ = writeln!(
            said,
            "  {hookferry} tail --kafka {brokers} --from-beginning"
        );
    }
    if let Some(rabbitmq) = &args.rabbitmq {
        let _ = writeln!(said, "  {hookferry} tail --rabbitmq '{rabbitmq}'");
    }
    let _ = writeln!(
        said,
        "\nSend one (the source /dev takes anything, unsigned):\n  \
         curl -X POST {url}/dev -H 'content-type: application/json' -d '{{\"event\":\"test_event\",\"data\":{{\"key\":\"value\"}}}}'"
    );
    said.push_str("\nSend signed ones, with the secrets made for this run:\n");
    for (provider, secret) in secrets {
        let _ = writeln!(
            said,
            "  {hookferry} send --provider {provider} --secret '{secret}' --to {url}/webhooks/{provider}"
        );
    }
    let _ = write!(
        said,
        "\nIs it well?  curl http://{0}/readyz   What does it count?  curl http://{0}/metrics\nCtrl-C ends it.\n",
        addresses.admin
    );
    said
}

/// The run's folder: private, and gone with the run.
struct Folder(PathBuf);

impl Folder {
    fn new() -> io::Result<Self> {
        let name = format!("hookferry-dev-{}", uuid::Uuid::now_v7());
        let path = std::env::temp_dir().join(name);
        fs::DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It holds secrets of this run only; a leftover is worth nothing.
        let _ = fs::remove_dir_all(&self.0);
    }
}
