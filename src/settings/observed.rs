//! What is told of requests: the access log, and traces.

use std::collections::BTreeMap;
use std::time::Duration;

use http::{HeaderName, HeaderValue};
use serde_json::Value;

use super::build::Build;
use super::document::{AccessForm, OtlpForm, TracingForm};
use super::secrets;
use crate::accept::AccessLog;
use crate::otlp::Options;
use crate::telemetry::Ratio;

/// The path at which a collector takes traces (OTLP/HTTP).
const PATH: &str = "/v1/traces";

/// `log.access`.
pub(super) fn access(form: &AccessForm, build: &mut Build<'_>) -> AccessLog {
    let lines = form.lines_per_s_max;
    let lines = build.number("log.access.lines_per_s_max", lines, 100, 0..=1_000_000);
    let accepted = form.accepted_ratio;
    let refused = form.refused_ratio;
    AccessLog {
        accepted: ratio("log.access.accepted_ratio", accepted, Ratio::NONE, build),
        refused: ratio("log.access.refused_ratio", refused, Ratio::ALL, build),
        lines_per_s_max: u32::try_from(lines).unwrap_or(u32::MAX),
    }
}

/// A share; `default` where none was given, or after a fault.
fn ratio(key: &str, given: Option<f64>, default: Ratio, build: &mut Build<'_>) -> Ratio {
    let Some(share) = given else { return default };
    Ratio::new(share).unwrap_or_else(|| {
        let remedy = "write a share, 0 for none to 1 for all, as in 0.01";
        build
            .notes
            .fault(key, format!("{share} is out of bounds"), remedy);
        default
    })
}

/// `tracing.otlp`; `None` where it is not there, or after a fault. What it leaves out is taken from
/// OpenTelemetry's own environment variables, so that one platform's settings serve all its services.
pub(super) fn tracing(form: &TracingForm, build: &mut Build<'_>) -> Option<Options> {
    let form = form.otlp.as_ref()?;
    let url = endpoint(form, build);
    let headers = headers("tracing.otlp.headers", &form.headers, build);
    let share = form.sample_ratio;
    let roots = ratio("tracing.otlp.sample_ratio", share, Ratio::ALL, build);
    let timeout = form.timeout_ms;
    let timeout = build.number("tracing.otlp.timeout_ms", timeout, 10_000, 100..=60_000);
    Some(Options {
        url: url?,
        headers: headers?,
        roots,
        resource: resource(form, build),
        timeout: Duration::from_millis(timeout),
    })
}

fn endpoint(form: &OtlpForm, build: &mut Build<'_>) -> Option<String> {
    let key = "tracing.otlp.endpoint";
    let variable = |name: &str| build.environment.text(name);
    let whole = || variable("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT");
    let base = form.endpoint.clone();
    let base =
        base.or_else(|| variable("OTEL_EXPORTER_OTLP_ENDPOINT").filter(|_| whole().is_none()));
    let with_path = base.map(|base| {
        let base = base.trim_end_matches('/');
        let base = base.strip_suffix(PATH).unwrap_or(base);
        format!("{base}{PATH}")
    });
    let remedy = "write a collector's address for OTLP over HTTP, as in http://otel-collector:4318";
    let Some(url) = with_path.or_else(whole) else {
        build.notes.missing(key, remedy);
        return None;
    };
    match super::url::fault_of_http(&url, "it has a user: write a header") {
        None => Some(url),
        Some(said) => {
            build.notes.fault(key, said, remedy);
            None
        }
    }
}

/// `None` after a fault.
fn headers(
    key: &str,
    given: &BTreeMap<String, Value>,
    build: &mut Build<'_>,
) -> Option<Vec<(HeaderName, HeaderValue)>> {
    let mut headers = Vec::new();
    let mut is_whole = true;
    for (name, kept) in given {
        let key = format!("{key}.{name}");
        let text = secrets::secret(kept, &key, build.environment, &mut build.notes);
        let value = text.and_then(|text| HeaderValue::from_str(text.trim()).ok());
        match (HeaderName::from_bytes(name.as_bytes()), value) {
            (Ok(name), Some(mut value)) => {
                value.set_sensitive(true);
                headers.push((name, value));
            }
            (Ok(_), None) if build.notes.is_faulty(&key) => is_whole = false,
            (Ok(_) | Err(_), _) => {
                is_whole = false;
                let remedy = "write a header's name, and a value of one line";
                build.notes.fault(&key, "it cannot be sent", remedy);
            }
        }
    }
    is_whole.then_some(headers)
}

/// Who we are (<https://opentelemetry.io/docs/specs/otel/resource/sdk/>).
fn resource(form: &OtlpForm, build: &Build<'_>) -> Vec<(String, String)> {
    let variable = |name: &str| build.environment.text(name);
    let mut resource = BTreeMap::new();
    let given = variable("OTEL_RESOURCE_ATTRIBUTES").unwrap_or_default();
    // key=value pairs between commas, percent-encoded: a form's pairs but for three signs.
    let given = given
        .replace('&', "%26")
        .replace('+', "%2B")
        .replace(',', "&");
    for (key, value) in form_urlencoded::parse(given.as_bytes()) {
        let key = key.trim();
        if !key.is_empty() {
            resource.insert(key.to_owned(), value.trim().to_owned());
        }
    }
    let own = form.service_name.clone();
    match own.or_else(|| variable("OTEL_SERVICE_NAME")) {
        Some(name) => drop(resource.insert("service.name".to_owned(), name)),
        None => drop(
            resource
                .entry("service.name".to_owned())
                .or_insert_with(|| "hookferry".to_owned()),
        ),
    }
    let version = env!("CARGO_PKG_VERSION").to_owned();
    resource
        .entry("service.version".to_owned())
        .or_insert(version);
    resource.into_iter().collect()
}
