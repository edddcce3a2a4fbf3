//! Errors after which librdkafka's idempotent producer takes nothing more, and a producer that delivers nothing.

use super::*;

/// Kafka's error codes.
const OUT_OF_ORDER_SEQUENCE_NUMBER: i16 = 45;
const INVALID_PRODUCER_EPOCH: i16 = 47;
const UNKNOWN_PRODUCER_ID: i16 = 59;

/// A daemon that has its Kafka through a link which can lie about the topic that all events go to.
async fn besieged() -> (Daemon, KafkaLink, Siege, String) {
    let (run, address) = (run_id(), kafka::address());
    let topic = format!("{run}.push");
    let link = KafkaLink::passing(address, &topic).await;
    let daemon = start(&link.address().to_string(), &run, json!({}));
    daemon.ready().await;
    let siege = Siege::start(&daemon, &run, |_| "push");
    (daemon, link, siege, topic)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_that_fails_for_good_is_replaced_and_nothing_is_lost() {
    let (daemon, link, siege, topic) = besieged().await;
    let mut back = Vec::new();
    for round in 0..6 * scale() {
        siege.accepts(500).await;
        // The second kind is recovered from by librdkafka itself, and is no fatal error.
        let (error, is_stored) = [
            (OUT_OF_ORDER_SEQUENCE_NUMBER, false),
            (INVALID_PRODUCER_EPOCH, false),
            (OUT_OF_ORDER_SEQUENCE_NUMBER, true),
            (UNKNOWN_PRODUCER_ID, true),
        ][round % 4];
        let lied = link.lied();
        link.lie(error, is_stored).await;
        until("the error is answered", BOUND, || async {
            link.lied() > lied
        })
        .await;
        // More than were answered already when it came.
        back.push(siege.accepts(SENDERS + 1).await);
    }
    let ledger = siege.end().await;
    let stored = stored(&kafka::address(), &topic);
    let unasked = ledger.assert_nothing_lost(&stored);
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
    let restarts = metric(
        &daemon.metrics().await,
        "hookferry_producer_restarts_total{sink=\"broker\"}",
    );
    println!(
        "{:?}; {restarts} restarts; back after {back:?}; {unasked} of {} stored were answered 503",
        ledger.tally(),
        stored.len()
    );
    assert_prompt("events flow again", BACK_WITHIN, &back);
    assert!(restarts >= 2, "{restarts} restarts");
    let said = "the Kafka producer failed for good, starting another";
    assert!(daemon.output().contains(said), "{}", daemon.output());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_producer_that_confirms_nothing_although_kafka_answers_is_replaced() {
    let (daemon, link, siege, topic) = besieged().await;
    siege.accepts(500).await;
    link.deafen(true);
    let name = "hookferry_producer_restarts_total{sink=\"broker\"}";
    until("the producer is replaced", BOUND, || async {
        metric(&daemon.metrics().await, name) >= 1
    })
    .await;
    let said = "Kafka answers, but has confirmed nothing for long: starting another producer";
    assert!(daemon.output().contains(said), "{}", daemon.output());
    assert_eq!(daemon.admin().get("/readyz").await.status, 200);
    link.deafen(false);
    let back = siege.accepts(SENDERS + 1).await;
    println!("back after {back:?}");
    let ledger = siege.end().await;
    ledger.assert_nothing_lost(&stored(&kafka::address(), &topic));
    ledger.assert_200_or_503_within(REPLY_WITHIN + LATE);
}
