//! `hookferry verify`: why a raw request is accepted or refused, step by step; or the verdicts on
//! many cases at once.

pub mod cases;
pub mod config;
mod request;

use std::collections::BTreeMap;
use std::io::{BufRead, Read as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{CONFIG, FAILED, USAGE, providers};
use crate::authenticate::{Answer, Arrival, Integrity, Step, Verified, authenticate};
use crate::inspect::{AskedBy, Attempt};
use crate::normalize::{self, Event, Mapping};
use crate::settings::compile::{Operator, Problem, endpoint};
use crate::settings::preset::Preset;
use crate::time::UnixTime;
use cases::Judge;
use config::without_query;
use request::RawRequest;

#[derive(clap::Args)]
pub struct VerifyArgs {
    /// The provider preset that the request is held against
    #[arg(long, value_name = "ID", required_unless_present_any = ["jsonl", "preset"])]
    provider: Option<String>,
    /// A preset of your own, or a folder of them. Alone, its test cases are judged: those in the
    /// file of the same name that ends in .jsonl
    #[arg(long, value_name = "PATH")]
    preset: Option<PathBuf>,
    /// Where the test cases are, if not beside the preset: a file, or a folder of ID.jsonl
    #[arg(long, value_name = "PATH", requires = "preset", conflicts_with_all = ["jsonl", "provider", "file"])]
    vectors: Option<PathBuf>,
    /// The shared secret as the provider shows it; several may be given
    #[arg(long, value_name = "TEXT")]
    secret: Vec<String>,
    /// The provider's public key: PEM, base64 or hex, or @FILE
    #[arg(long, value_name = "KEY")]
    public_key: Vec<String>,
    /// Keys as their place gives them, instead of fetching: a JSON Web Key Set or PEM, in a file
    #[arg(long, value_name = "FILE")]
    key_set: Vec<String>,
    /// A further value that the preset asks for
    #[arg(long, value_name = "NAME=VALUE")]
    param: Vec<String>,
    /// The signer's certificate (PEM) and the URL that requests name it by
    #[arg(long, value_name = "URL=FILE")]
    certificate: Vec<String>,
    /// Change one key of the preset, as in verify.signature.from={header:x-signature}
    #[arg(long = "override", value_name = "KEY=VALUE")]
    changes: Vec<String>,
    /// The clock to judge by, Unix seconds; now where absent
    #[arg(long, value_name = "UNIX_SECONDS")]
    at: Option<i64>,
    /// The public URL that the provider was given, where it signs that
    #[arg(long)]
    url: Option<String>,
    /// Judge cases in bulk: one JSON object a line on standard input, one out for each
    #[arg(long, conflicts_with_all = [
        "provider", "secret", "public_key", "param", "certificate", "key_set", "changes", "at", "url", "file",
    ])]
    jsonl: bool,
    /// Print only the cases that are not judged as they expect
    #[arg(long, requires = "jsonl")]
    check: bool,
    /// The raw HTTP/1.1 request: head, empty line, body; standard input where absent
    file: Option<PathBuf>,
}

/// They hold secrets, so they do not show themselves.
impl std::fmt::Debug for VerifyArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VerifyArgs")
            .field("provider", &self.provider)
            .finish_non_exhaustive()
    }
}

/// What was asked cannot be meant.
struct Usage(String);

pub fn run(args: &VerifyArgs) -> ExitCode {
    let own = match providers::own(args.preset.as_deref()) {
        Ok(own) => own,
        Err(said) => {
            eprintln!("{said}");
            return ExitCode::from(CONFIG);
        }
    };
    if args.jsonl {
        return in_bulk(Judge::with(own), std::io::stdin().lock(), args.check);
    }
    if args.provider.is_none() && args.file.is_none() {
        return own_cases(own, args);
    }
    match one(&own, args) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(FAILED),
        Err(Usage(said)) => {
            eprintln!("{said}");
            ExitCode::from(USAGE)
        }
    }
}

/// A raw request as the daemon would hold it.
///
/// # Errors
/// The file cannot be read, or is no request.
pub(super) fn raw(file: &Path, at: UnixTime) -> Result<crate::accept::Received, String> {
    let bytes = std::fs::read(file)
        .map_err(|error| format!("{} cannot be read: {error}", file.display()))?;
    Ok(RawRequest::parse(&bytes)?.received(at))
}

/// Judges the test cases that belong to the operator's own presets.
fn own_cases(own: providers::Own, args: &VerifyArgs) -> ExitCode {
    let preset = args.preset.as_deref().unwrap_or(Path::new("."));
    let mut text = Vec::new();
    for id in own.keys() {
        let beside = match &args.vectors {
            Some(path) if path.is_file() => path.clone(),
            Some(folder) => folder.join(format!("{id}.jsonl")),
            None if preset.is_dir() => preset.join(format!("{id}.jsonl")),
            None => preset.with_extension("jsonl"),
        };
        match std::fs::read(&beside) {
            Ok(bytes) => text.extend(bytes),
            Err(error) => {
                let shown = beside.display();
                eprintln!("the test cases of {id} cannot be read: {shown}: {error}");
                return ExitCode::from(USAGE);
            }
        }
        text.push(b'\n');
    }
    in_bulk(Judge::with(own), text.as_slice(), true)
}

fn in_bulk(judge: Judge, input: impl BufRead, check: bool) -> ExitCode {
    let out = std::io::BufWriter::new(std::io::stdout().lock());
    let tally = match cases::run(judge, input, out, check) {
        Ok(tally) => tally,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(FAILED);
        }
    };
    if check {
        println!(
            "{} cases, {} malformed, {} disagreeing",
            tally.cases, tally.malformed, tally.disagreeing
        );
    }
    if tally.malformed + tally.disagreeing == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    }
}

/// Explains one request; whether it is authentic.
fn one(own: &providers::Own, args: &VerifyArgs) -> Result<bool, Usage> {
    let only = own.keys().next().map(String::as_str);
    let id = args.provider.as_deref().or(only).unwrap_or_default();
    let preset = providers::preset(own, id, &args.changes).map_err(Usage)?;
    let operator = args.operator(&preset)?;
    let endpoint = endpoint(&preset, &operator).map_err(|problems| Usage(options(&problems)))?;
    let request = RawRequest::parse(&read(args.file.as_deref())?).map_err(Usage)?;
    let now = args.at.map_or_else(UnixTime::now, UnixTime::from_seconds);
    println!(
        "{} {}, {} bytes of body, held against {} at {now}",
        request.method,
        request.uri,
        request.body.len(),
        preset.name
    );
    let received = request.received(now);
    let media_type = received.media_type();
    let is_taken = preset.content_types.is_empty()
        || preset.content_types.iter().any(|known| known == media_type);
    if !is_taken && request.method == http::Method::POST {
        println!(
            "  note  content type {media_type:?} is answered 415 by the daemon, which takes {}",
            preset.content_types.join(", ")
        );
    }
    for note in &request.notes {
        println!("  note  {note}");
    }
    let mut steps: Vec<Step> = Vec::new();
    let verdict = authenticate(&endpoint.scheme, received, now, &mut steps);
    for step in &steps {
        let mark = match step.passed {
            None => "  -   ",
            Some(true) => "  ok  ",
            Some(false) => "  no  ",
        };
        println!("{mark}  {}", step.text);
    }
    match verdict {
        Ok(Arrival::Handshake(answer)) => print_handshake(&answer),
        Ok(Arrival::Delivery(verified)) => print_delivery(&endpoint.mapping, verified),
        Err(refusal) => {
            println!("refused ({}): {refusal}", refusal.label());
            println!("likely causes:");
            let trimmed = endpoint.scheme.trimmed();
            let attempt = Attempt {
                preset: &preset,
                scheme: &endpoint.scheme,
                trimmed: trimmed.as_ref(),
                received: &request.received(now),
                now,
                missing_bytes: request.missing_bytes,
                asked_by: AskedBy::Command,
            };
            for cause in attempt.causes(&refusal) {
                println!("  * {cause}");
            }
            return Ok(false);
        }
    }
    Ok(true)
}

impl VerifyArgs {
    fn operator(&self, preset: &Preset) -> Result<Operator, Usage> {
        let url = without_query(self.url.as_deref().unwrap_or_default());
        let mut public_keys = Vec::new();
        for key in &self.public_key {
            public_keys.push(match key.strip_prefix('@') {
                None => key.clone(),
                Some(file) => text_of(file)?,
            });
        }
        let mut certificates = Vec::new();
        for pair in &self.certificate {
            let (url, file) = pair
                .rsplit_once('=')
                .ok_or_else(|| Usage(format!("--certificate {pair:?} is not URL=FILE")))?;
            certificates.push((url.to_owned(), text_of(file)?));
        }
        Ok(Operator {
            name: preset.id.clone(),
            uri: url.to_owned(),
            url: url.to_owned(),
            secrets: self.secret.clone(),
            public_keys,
            certificates,
            key_sets: self
                .key_set
                .iter()
                .map(|file| text_of(file))
                .collect::<Result<_, _>>()?,
            params: params(&self.param).map_err(Usage)?,
            tolerance_s: None,
            tenant: None,
            canonical: None,
            strict: false,
        })
    }
}

/// `name=value` pairs by name; a name given twice has two values.
pub(super) fn params(pairs: &[String]) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut params: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for pair in pairs {
        // What stands behind the sign may be secret, and so may a pair without one.
        let (name, value) = pair.split_once('=').ok_or("a --param is not NAME=VALUE")?;
        params.entry(name.into()).or_default().push(value.into());
    }
    Ok(params)
}

/// The problems, with the options that mend them.
pub(super) fn options(problems: &[Problem]) -> String {
    let lines = problems.iter().map(|problem| {
        let option = match problem.key.split(['[', '.']).next().unwrap_or_default() {
            "secrets" => "--secret",
            "public_keys" => "--public-key",
            "certificates" => "--certificate URL=FILE",
            "path" => "--url",
            "params" => "--param",
            _ => "--override",
        };
        let key = match problem.key.split_once('.') {
            Some((_, key)) => format!(" {key}"),
            None => String::new(),
        };
        format!("{option}{key}: {}", problem.said)
    });
    let mut lines: Vec<_> = lines.collect();
    lines.dedup();
    lines.join("\n")
}

fn print_handshake(answer: &Answer) {
    println!("accepted: a handshake, which is answered and not published");
    println!("  status     {}", answer.status);
    for (name, value) in &answer.headers {
        println!(
            "  header     {name}: {}",
            value.to_str().unwrap_or_default()
        );
    }
    println!("  body       {}", String::from_utf8_lossy(&answer.body));
}

fn print_delivery(mapping: &Mapping, verified: Verified) {
    let events = normalize::events(mapping, verified).events;
    println!("accepted");
    if events.len() > 1 {
        println!("  batch      {} events; the first is", events.len());
    }
    if let Some(event) = events.first() {
        print_event(event);
    }
}

fn print_event(event: &Event) {
    match event.event() {
        Some(own) => println!("  type       {own}, published as {}", event.kind()),
        None => println!("  type       not said, published as {}", event.kind()),
    }
    println!("  id         {}", event.id());
    if let Some(time) = event.time() {
        println!("  time       {time}");
    }
    if let Some(subject) = event.subject() {
        println!("  subject    {subject}");
    }
    println!("  integrity  {}", integrity(event.integrity()));
    if let Some(oddity) = event.oddity() {
        println!(
            "  oddity     {}: it goes to the dead letters",
            oddity.label()
        );
    }
}

/// What the word means for a consumer.
pub(super) fn integrity(integrity: Integrity) -> &'static str {
    match integrity {
        Integrity::Full => "full: the signature covers the whole body",
        Integrity::Partial => {
            "partial: some of what the event says is not covered by the signature"
        }
        Integrity::None => "none: the sender is known at most by a token, and the body not at all",
    }
}

fn read(file: Option<&Path>) -> Result<Vec<u8>, Usage> {
    match file {
        Some(file) => std::fs::read(file)
            .map_err(|error| Usage(format!("{} cannot be read: {error}", file.display()))),
        None => {
            let mut bytes = Vec::new();
            std::io::stdin()
                .read_to_end(&mut bytes)
                .map_err(|error| Usage(format!("standard input cannot be read: {error}")))?;
            Ok(bytes)
        }
    }
}

fn text_of(file: &str) -> Result<String, Usage> {
    std::fs::read_to_string(file).map_err(|error| Usage(format!("{file} cannot be read: {error}")))
}
