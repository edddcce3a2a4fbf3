//! From a record to the message that its consumers look up a schema for. The wire format:
//! <https://docs.confluent.io/platform/current/schema-registry/fundamentals/serdes-develop/index.html#wire-format>.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::client::{Client, Kind};
use super::envelope::{self, Envelope};
use super::subjects::Subjects;
use super::typed::Typed;
use super::{Format, Options, avro, protobuf};
use crate::publish::{PublishError, Record};

/// Begins every message.
const MAGIC: u8 = 0;
/// The place of a message in its Protobuf schema: the first. A list `[0]`, which is written so.
const FIRST_MESSAGE: u8 = 0;
/// Binary-mode records have this header; in structured mode it is inside.
const ATTRIBUTE_OF_ALL: &str = "ce_specversion";

/// A schema registry, and what is known of it.
#[derive(Debug)]
pub(in crate::publish) struct Registry {
    format: Format,
    register: bool,
    client: Arc<Client>,
    /// The ids of the schema of CloudEvents.
    envelopes: Subjects<u32>,
    /// The schemas of data.
    data: Subjects<Arc<Typed>>,
}

impl Registry {
    /// Nobody is asked yet.
    ///
    /// # Errors
    /// The authorities or the authorization cannot be used.
    pub(in crate::publish) fn new(options: &Options) -> Result<Self, String> {
        let (sink, most) = (&options.sink, options.subjects_max);
        Ok(Self {
            format: options.format,
            register: options.register,
            client: Arc::new(Client::new(options)?),
            envelopes: Subjects::for_ever(sink, most),
            data: Subjects::renewed(sink, most),
        })
    }

    /// Whether some record waits for the registry's word, and for nothing else.
    pub(in crate::publish) fn is_waited_for(&self) -> bool {
        self.envelopes.is_waited_for() || self.data.is_waited_for()
    }

    /// `record` as its consumers read it.
    ///
    /// # Errors
    /// By `deadline` at the latest: the registry has not said which schema it is, or the data is not as
    /// the schema says.
    pub(in crate::publish) async fn frame<'r>(
        &self,
        record: &Record<'r>,
        deadline: Instant,
    ) -> Result<Record<'r>, PublishError> {
        let subject = format!("{}-value", record.topic);
        let (value, content_type) = if is_structured(record) {
            self.envelope(record, &subject, deadline).await?
        } else {
            self.data(record, &subject, deadline).await?
        };
        let mut framed = record.clone();
        framed.value = value;
        framed.content_type = content_type;
        Ok(framed)
    }

    async fn envelope<'r>(
        &self,
        record: &Record<'r>,
        subject: &str,
        deadline: Instant,
    ) -> Result<(Bytes, Cow<'r, str>), PublishError> {
        let (kind, schema) = match self.format {
            Format::Avro => (Kind::Avro, envelope::AVRO),
            Format::Protobuf => (Kind::Protobuf, envelope::PROTOBUF),
            Format::JsonSchema => (Kind::Json, envelope::JSON),
        };
        let (client, register) = (Arc::clone(&self.client), self.register);
        let ask =
            |subject: String| async move { client.id_of(&subject, kind, schema, register).await };
        let id = self.envelopes.get(subject, deadline, ask).await?;
        if self.format == Format::JsonSchema {
            return Ok((framed(id, &[&record.value]), record.content_type.clone()));
        }
        let read = Envelope::read(&record.value).ok_or_else(|| PublishError::SchemaMismatch {
            subject: subject.to_owned(),
            detail: "the envelope cannot be read".to_owned(),
        })?;
        Ok(if self.format == Format::Avro {
            let value = framed(id, &[&avro::envelope(&read)]);
            (value, Cow::Borrowed("application/cloudevents+avro"))
        } else {
            let value = framed(id, &[&[FIRST_MESSAGE], &protobuf::envelope(&read)]);
            (value, Cow::Borrowed("application/cloudevents+protobuf"))
        })
    }

    async fn data<'r>(
        &self,
        record: &Record<'r>,
        subject: &str,
        deadline: Instant,
    ) -> Result<(Bytes, Cow<'r, str>), PublishError> {
        let (client, format) = (Arc::clone(&self.client), self.format);
        let ask = |subject: String| async move {
            let registered = client.latest(&subject).await?;
            let id = registered.id;
            let typed = Typed::new(format, registered);
            typed.map(Arc::new).map_err(|said| {
                format!("holds for subject {subject} a schema (id {id}) that is of no use: {said}")
            })
        };
        let typed = self.data.get(subject, deadline, ask).await?;
        let written = typed.write(&record.value);
        let written = written.map_err(|said| PublishError::SchemaMismatch {
            subject: subject.to_owned(),
            detail: format!("schema id {}: {said}", typed.id()),
        })?;
        Ok(match format {
            Format::Avro => {
                let value = framed(typed.id(), &[&written]);
                (value, Cow::Borrowed("application/avro"))
            }
            Format::Protobuf => {
                let value = framed(typed.id(), &[&[FIRST_MESSAGE], &written]);
                (value, Cow::Borrowed("application/protobuf"))
            }
            // The bytes are the provider's own.
            Format::JsonSchema => {
                let value = framed(typed.id(), &[&written]);
                (value, record.content_type.clone())
            }
        })
    }
}

/// Whether the value is the envelope.
fn is_structured(record: &Record<'_>) -> bool {
    let mut headers = record.headers.iter();
    !headers.any(|(name, _)| name == ATTRIBUTE_OF_ALL)
}

fn framed(id: u32, parts: &[&[u8]]) -> Bytes {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut value = Vec::with_capacity(5 + length);
    value.push(MAGIC);
    value.extend_from_slice(&id.to_be_bytes());
    for part in parts {
        value.extend_from_slice(part);
    }
    value.into()
}
