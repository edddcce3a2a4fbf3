//! What is asked of the registry: the part of Confluent's API that Karapace, Apicurio and Redpanda have too.
//! Its answers are bounded in size and time (`src/fetch.rs`), and believed only as far as they make sense.

use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use serde::Deserialize;
use serde_json::json;

use super::Options;
use crate::fetch::Fetcher;

/// How long the registry may take. Requests wait for less.
const ASK_WITHIN: Duration = Duration::from_secs(10);
const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

/// A registry.
pub(super) struct Client {
    fetcher: Fetcher,
    url: String,
    headers: HeaderMap,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").finish_non_exhaustive()
    }
}

/// What a schema is written in, as the registry calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Avro,
    Protobuf,
    Json,
}

impl Kind {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Avro => "AVRO",
            Self::Protobuf => "PROTOBUF",
            Self::Json => "JSON",
        }
    }
}

/// A schema that the registry holds.
#[derive(Debug, Deserialize)]
pub(super) struct Registered {
    pub(super) id: u32,
    pub(super) schema: String,
    /// Avro where it is not said.
    #[serde(rename = "schemaType")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) references: Option<Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
struct Id {
    id: u32,
}

impl Client {
    pub(super) fn new(options: &Options) -> Result<Self, String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(MEDIA_TYPE));
        if let Some(authorization) = &options.authorization {
            let value = HeaderValue::from_str(authorization);
            let mut value = value.map_err(|_| "user or password cannot be sent".to_owned())?;
            value.set_sensitive(true);
            headers.insert(header::AUTHORIZATION, value);
        }
        Ok(Self {
            fetcher: Fetcher::for_operator(options.ca.as_deref())?,
            url: options.url.clone(),
            headers,
        })
    }

    /// The id of `schema` for `subject`: it is registered with `register`, and has to be there without.
    ///
    /// # Errors
    /// Why it is not known, as in "answers 500".
    pub(super) async fn id_of(
        &self,
        subject: &str,
        kind: Kind,
        schema: &str,
        register: bool,
    ) -> Result<u32, String> {
        let mut body = json!({ "schema": schema });
        // A registry of before 5.5 knows Avro only, and not this key.
        if let (Kind::Protobuf | Kind::Json, Some(body)) = (kind, body.as_object_mut()) {
            body.insert("schemaType".to_owned(), kind.name().into());
        }
        let path = if register {
            format!("/subjects/{subject}/versions")
        } else {
            format!("/subjects/{subject}")
        };
        let (status, answer) = self
            .ask(Method::POST, &path, body.to_string().into())
            .await?;
        match status {
            StatusCode::NOT_FOUND if !register => Err(format!(
                "does not hold the schema of CloudEvents for subject {subject}: register it, or set \
                 schema_registry.register"
            )),
            StatusCode::CONFLICT => Err(format!(
                "finds the schema of CloudEvents incompatible with what subject {subject} holds"
            )),
            status => {
                let answer: Id = read(status, &answer, subject)?;
                Ok(answer.id)
            }
        }
    }

    /// The latest schema of `subject`.
    ///
    /// # Errors
    /// Why it is not known, as in "answers 500".
    pub(super) async fn latest(&self, subject: &str) -> Result<Registered, String> {
        let path = format!("/subjects/{subject}/versions/latest");
        let (status, answer) = self.ask(Method::GET, &path, Bytes::new()).await?;
        if status == StatusCode::NOT_FOUND {
            return Err(format!(
                "holds no schema for subject {subject}: register the one that its data has"
            ));
        }
        read(status, &answer, subject)
    }

    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
    ) -> Result<(StatusCode, Bytes), String> {
        let url = format!("{}{path}", self.url);
        let mut headers = self.headers.clone();
        if !body.is_empty() {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        }
        let asked = self
            .fetcher
            .exchange(method, &url, headers, body, ASK_WITHIN);
        let answer = asked
            .await
            .map_err(|error| format!("is not there: {error}"))?;
        match answer.0 {
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Err(format!(
                "refuses user or password, or what they ask for ({})",
                answer.0
            )),
            _ => Ok(answer),
        }
    }
}

/// An answer that is one; its own words are not repeated.
fn read<T: serde::de::DeserializeOwned>(
    status: StatusCode,
    answer: &[u8],
    subject: &str,
) -> Result<T, String> {
    if !status.is_success() {
        return Err(format!("answers {status} for subject {subject}"));
    }
    serde_json::from_slice(answer).map_err(|_| {
        format!("gives no answer of a registry for subject {subject}: is its URL right?")
    })
}
