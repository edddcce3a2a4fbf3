//! The exchange: declared where we may, looked for where we may not.

use lapin::options::{ConfirmSelectOptions, ExchangeDeclareOptions};
use lapin::protocol::constants::REPLY_SUCCESS;
use lapin::protocol::{AMQPErrorKind, AMQPSoftError};
use lapin::types::{FieldTable, ShortString};
use lapin::{Channel, Connection, ErrorKind, ExchangeKind};
use tracing::info;

use super::link::CONNECT_TIMEOUT;

/// Why there is no channel to publish on.
#[derive(Debug)]
pub(super) enum Fault {
    /// The connection broke, or the channel for a reason that may pass.
    Broken(lapin::Error),
    /// The broker did not finish the greeting.
    Silent,
    /// The broker will refuse until somebody changes something: what that is.
    Refused(String),
}

impl From<lapin::Error> for Fault {
    fn from(error: lapin::Error) -> Self {
        Self::Broken(error)
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Broken(error) => error.fmt(f),
            Self::Silent => write!(f, "no session within {} s", CONNECT_TIMEOUT.as_secs()),
            Self::Refused(words) => f.write_str(words),
        }
    }
}

/// Opens a channel that confirms, once the exchange is known to be there.
pub(super) async fn open(
    connection: &Connection,
    exchange: &ShortString,
) -> Result<Channel, Fault> {
    ensure(connection, exchange).await?;
    Ok(confirming(connection).await?)
}

/// Opens a channel that confirms.
pub(super) async fn confirming(connection: &Connection) -> lapin::Result<Channel> {
    let channel = connection.create_channel().await?;
    channel
        .confirm_select(ConfirmSelectOptions::default())
        .await?;
    Ok(channel)
}

/// Declares the exchange: durable, of type topic. A user without the right to is content with one
/// that is there. The broker closes a channel over a refusal, so each question has one of its own.
pub(super) async fn ensure(connection: &Connection, exchange: &ShortString) -> Result<(), Fault> {
    let name = exchange.as_str();
    let durable = ExchangeDeclareOptions {
        durable: true,
        ..ExchangeDeclareOptions::default()
    };
    let Err(error) = declare(connection, exchange, durable).await else {
        return Ok(());
    };
    let Some((kind, words)) = soft(&error) else {
        return Err(Fault::Broken(error));
    };
    let may_not = kind == AMQPSoftError::ACCESSREFUSED;
    if !may_not && (kind != AMQPSoftError::PRECONDITIONFAILED || is_unfit(&words)) {
        return Err(Fault::Refused(format!(
            "exchange {name:?} is no durable topic exchange, and cannot be made one while it is there: {words}"
        )));
    }
    let Err(error) = look(connection, exchange).await else {
        // A passive declaration compares nothing but the name, so this is all that is known.
        info!(exchange = name, words, "the exchange is used as it is");
        return Ok(());
    };
    match soft(&error) {
        Some((AMQPSoftError::NOTFOUND, _)) => Err(Fault::Refused(format!(
            "exchange {name:?} does not exist, and this user may not create it: declare a durable \
             topic exchange of that name, or give the user the right to configure it"
        ))),
        Some((_, words)) => Err(Fault::Refused(words)),
        None => Err(Fault::Broken(error)),
    }
}

/// Asks whether the exchange is there. Neither a right is needed for it, nor is its type compared.
pub(super) async fn look(connection: &Connection, exchange: &ShortString) -> lapin::Result<()> {
    let passive = ExchangeDeclareOptions {
        passive: true,
        ..ExchangeDeclareOptions::default()
    };
    declare(connection, exchange, passive).await
}

async fn declare(
    connection: &Connection,
    exchange: &ShortString,
    options: ExchangeDeclareOptions,
) -> lapin::Result<()> {
    let channel = connection.create_channel().await?;
    let none = FieldTable::default();
    channel
        .exchange_declare(exchange.clone(), ExchangeKind::Topic, options, none)
        .await?;
    channel.close(REPLY_SUCCESS, "OK".into()).await
}

/// What the broker says when it closes a channel, and of which kind it is.
pub(super) fn soft(error: &lapin::Error) -> Option<(AMQPSoftError, String)> {
    let ErrorKind::ProtocolError(protocol) = error.kind() else {
        return None;
    };
    match protocol.kind() {
        AMQPErrorKind::Soft(kind) => Some((kind.clone(), protocol.get_message().to_string())),
        AMQPErrorKind::Hard(_) => None,
    }
}

/// Whether an exchange that is there differs in what matters. RabbitMQ names the first difference,
/// and compares these four before any argument, such as the alternate exchange of an operator.
fn is_unfit(words: &str) -> bool {
    ["type", "durable", "auto_delete", "internal"]
        .iter()
        .any(|argument| words.contains(&format!("inequivalent arg '{argument}'")))
}
