//! What librdkafka's errors mean for a record.
//!
//! Source: which of them the produce path reports, and for how many records of a batch, is in
//! librdkafka's `rd_kafka_handle_Produce_error` and `rd_kafka_err_action`,
//! <https://github.com/confluentinc/librdkafka/blob/v2.12.1/src/rdkafka_request.c>.

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use super::super::PublishError;

/// What is to be done about a record that was not stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Remedy {
    /// Nothing: it is the record's verdict.
    Tell,
    /// The broker judged the record's whole batch by one of its records, or by their sum: it is
    /// sent again in a batch of its own, and then the verdict is its own.
    SendAlone,
    /// The topic may be gone, or may be other than it was: it is looked at first.
    FindTopic,
    /// Nobody has seen it: the producer ended before it was sent.
    SendAgain,
}

/// librdkafka's code. rust-rdkafka names none for an administrator's question.
fn code_of(error: &KafkaError) -> Option<RDKafkaErrorCode> {
    if let KafkaError::AdminOp(code) = error {
        return Some(*code);
    }
    error.rdkafka_error_code()
}

/// What to do about `error`, which a delivery report or the queue's door has given.
pub(super) fn remedy(error: &KafkaError) -> Remedy {
    use RDKafkaErrorCode as Code;
    match code_of(error) {
        Some(
            Code::MessageSizeTooLarge
            | Code::MessageBatchTooLarge
            | Code::InvalidRecord
            | Code::InvalidDifferentRecord,
        ) => Remedy::SendAlone,
        Some(
            Code::UnknownTopicOrPartition
            | Code::UnknownTopic
            | Code::UnknownPartition
            | Code::UnknownTopicId,
        ) => Remedy::FindTopic,
        Some(Code::Fatal | Code::PurgeQueue) => Remedy::SendAgain,
        _ => Remedy::Tell,
    }
}

/// Whether a refusal is every record's of the topic.
pub(super) fn is_of_topic(error: &KafkaError) -> bool {
    matches!(
        code_of(error),
        Some(RDKafkaErrorCode::TopicAuthorizationFailed | RDKafkaErrorCode::InvalidTopic)
    )
}

/// The verdict on a record, where [`remedy`] has none. A trouble that may pass is never called
/// [lasting](PublishError::lasts): a lasting one sends a record to the dead letters.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "librdkafka has some two hundred codes; all but these may pass, in its own words"
)]
pub(super) fn translate(error: &KafkaError) -> PublishError {
    use RDKafkaErrorCode as Code;
    let Some(code) = code_of(error) else {
        return PublishError::Declined(error.to_string());
    };
    match code {
        Code::QueueFull => PublishError::Overloaded,
        Code::MessageSizeTooLarge | Code::MessageBatchTooLarge => PublishError::TooLarge,
        Code::AllBrokersDown
        | Code::BrokerTransportFailure
        | Code::BrokerNotAvailable
        | Code::Resolve
        | Code::NetworkException
        | Code::BrokerDestroy
        | Code::DestroyBroker
        // Whoever is not let in has no connection.
        | Code::SSL
        | Code::Authentication
        | Code::SaslAuthenticationFailed => PublishError::Unreachable,
        // Whatever ended the wait, the record may have reached the broker.
        Code::MessageTimedOut
        | Code::OperationTimedOut
        | Code::RequestTimedOut
        | Code::TimedOutQueue
        | Code::PurgeQueue
        | Code::PurgeInflight
        | Code::Fatal => PublishError::Timeout,
        // An unknown topic is not among them: a broker that has not heard yet of a new topic or a
        // new leader says the same. Whether it is missing is found out by asking.
        Code::InvalidTopic
        | Code::TopicAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::InvalidRecord
        | Code::UnsupportedCompressionType
        | Code::PolicyViolation => PublishError::Refused(code.to_string()),
        other => PublishError::Declined(other.to_string()),
    }
}

/// The verdict on a topic that could not be made. Too few brokers for its replicas are named, and
/// may come back.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "these last beside those of every record"
)]
pub(super) fn translate_creation(topic: &str, code: RDKafkaErrorCode) -> PublishError {
    use RDKafkaErrorCode as Code;
    let said = format!("topic {topic} does not exist and cannot be created: {code}");
    match code {
        Code::InvalidConfig | Code::InvalidPartitions => PublishError::Refused(said),
        code => match translate(&KafkaError::AdminOp(code)) {
            PublishError::Refused(_) => PublishError::Refused(said),
            PublishError::Declined(_) => PublishError::Declined(said),
            other => other,
        },
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::error::{KafkaError, RDKafkaErrorCode as Code};

    use super::{PublishError, Remedy, remedy, translate, translate_creation};

    /// Every code that librdkafka can put into a delivery report or return from the queue's door,
    /// and what it is to be called: its own (below 0), and all of Kafka's that a Produce,
    /// InitProducerId or Metadata response can hold.
    const PRODUCE: &[(&str, &[Code])] = &[
        ("overloaded", &[Code::QueueFull]),
        (
            "too_large",
            &[Code::MessageSizeTooLarge, Code::MessageBatchTooLarge],
        ),
        (
            "unreachable",
            &[
                Code::AllBrokersDown,
                Code::BrokerTransportFailure,
                Code::BrokerNotAvailable,
                Code::Resolve,
                Code::NetworkException,
                Code::BrokerDestroy,
                Code::DestroyBroker,
                Code::SSL,
                Code::Authentication,
                Code::SaslAuthenticationFailed,
            ],
        ),
        (
            "timeout",
            &[
                Code::MessageTimedOut,
                Code::OperationTimedOut,
                Code::RequestTimedOut,
                Code::TimedOutQueue,
                Code::PurgeQueue,
                Code::PurgeInflight,
                Code::Fatal,
            ],
        ),
        (
            "refused",
            &[
                Code::InvalidTopic,
                Code::TopicAuthorizationFailed,
                Code::ClusterAuthorizationFailed,
                Code::InvalidRecord,
                Code::UnsupportedCompressionType,
                Code::PolicyViolation,
            ],
        ),
        (
            "declined",
            &[
                Code::BadMessage,
                Code::BadCompression,
                Code::Fail,
                Code::CriticalSystemResource,
                Code::UnknownPartition,
                Code::UnknownTopic,
                Code::InvalidArgument,
                Code::ISRInsufficient,
                Code::Conflict,
                Code::State,
                Code::Outdated,
                Code::UnsupportedFeature,
                Code::Underflow,
                Code::Retry,
                Code::Inconsistent,
                Code::GaplessGuarantee,
                Code::UnknownBroker,
                Code::Fenced,
                Code::InvalidDifferentRecord,
                Code::Unknown,
                Code::InvalidMessage,
                Code::UnknownTopicOrPartition,
                Code::LeaderNotAvailable,
                Code::NotLeaderForPartition,
                Code::ReplicaNotAvailable,
                Code::CoordinatorLoadInProgress,
                Code::CoordinatorNotAvailable,
                Code::NotCoordinator,
                Code::NotEnoughReplicas,
                Code::NotEnoughReplicasAfterAppend,
                Code::InvalidRequiredAcks,
                Code::InvalidTimestamp,
                Code::UnsupportedVersion,
                Code::NotController,
                Code::InvalidRequest,
                Code::UnsupportedForMessageFormat,
                Code::OutOfOrderSequenceNumber,
                Code::DuplicateSequenceNumber,
                Code::InvalidProducerEpoch,
                Code::InvalidTransactionalState,
                Code::InvalidProducerIdMapping,
                Code::ConcurrentTransactions,
                Code::KafkaStorageError,
                Code::LogDirNotFound,
                Code::UnknownProducerId,
                Code::ReassignmentInProgress,
                Code::ListenerNotFound,
                Code::FencedLeaderEpoch,
                Code::UnknownLeaderEpoch,
                Code::StaleBrokerEpoch,
                Code::OffsetNotAvailable,
                Code::PreferredLeaderNotAvailable,
                Code::ThrottlingQuotaExceeded,
                Code::ProducerFenced,
                Code::UnknownTopicId,
                Code::RebootstrapRequired,
            ],
        ),
    ];

    #[test]
    fn every_error_of_the_produce_path_has_its_own_verdict() {
        let mut seen = Vec::new();
        for (label, codes) in PRODUCE {
            for code in *codes {
                let verdict = translate(&KafkaError::MessageProduction(*code));
                assert_eq!(verdict.label(), *label, "{code:?}");
                let lasts = matches!(*label, "refused" | "too_large");
                assert_eq!(verdict.lasts(), lasts, "{code:?}");
                assert!(!seen.contains(code), "{code:?} is there twice");
                seen.push(*code);
            }
        }
    }

    #[test]
    fn what_may_concern_the_neighbours_or_pass_is_looked_into_first() {
        for (code, what) in [
            (Code::MessageSizeTooLarge, Remedy::SendAlone),
            (Code::MessageBatchTooLarge, Remedy::SendAlone),
            (Code::InvalidRecord, Remedy::SendAlone),
            (Code::InvalidDifferentRecord, Remedy::SendAlone),
            (Code::UnknownTopicOrPartition, Remedy::FindTopic),
            (Code::UnknownTopic, Remedy::FindTopic),
            (Code::UnknownPartition, Remedy::FindTopic),
            (Code::UnknownTopicId, Remedy::FindTopic),
            (Code::Fatal, Remedy::SendAgain),
            (Code::PurgeQueue, Remedy::SendAgain),
            // It may have reached the broker, so that its outcome is unknown.
            (Code::PurgeInflight, Remedy::Tell),
            (Code::MessageTimedOut, Remedy::Tell),
            (Code::OutOfOrderSequenceNumber, Remedy::Tell),
            (Code::NotEnoughReplicas, Remedy::Tell),
        ] {
            let error = KafkaError::MessageProduction(code);
            assert_eq!(remedy(&error), what, "{code:?}");
        }
    }

    #[test]
    fn a_topic_that_cannot_be_made_lasts_only_where_somebody_must_act() {
        for (code, label) in [
            (Code::PolicyViolation, "refused"),
            (Code::TopicAuthorizationFailed, "refused"),
            (Code::ClusterAuthorizationFailed, "refused"),
            (Code::InvalidTopic, "refused"),
            (Code::InvalidConfig, "refused"),
            (Code::InvalidPartitions, "refused"),
            // A broker that is down counts as none.
            (Code::InvalidReplicationFactor, "declined"),
            (Code::NotController, "declined"),
            (Code::ThrottlingQuotaExceeded, "declined"),
            (Code::RequestTimedOut, "timeout"),
            (Code::BrokerTransportFailure, "unreachable"),
        ] {
            let verdict = translate_creation("t", code);
            assert_eq!(verdict.label(), label, "{code:?}");
            if let PublishError::Refused(said) | PublishError::Declined(said) = &verdict {
                assert!(said.contains("topic t "), "{said}");
            }
        }
    }
}
