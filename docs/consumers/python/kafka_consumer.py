#!/usr/bin/env python3
"""Reads hookferry's events from Kafka, in structured and in binary mode, and lets each take effect once.

    pip install -r requirements.txt
    KAFKA_BROKERS=127.0.0.1:9092 KAFKA_TOPICS=webhooks.github.push python kafka_consumer.py
"""

import os
import signal
import sys

from cloudevents.core.bindings import kafka
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from confluent_kafka import Consumer

from effects import Effects


def main():
    effects = Effects(os.environ.get("EFFECTS", "effects.jsonl"))
    consumer = Consumer(
        {
            "bootstrap.servers": os.environ["KAFKA_BROKERS"],
            "group.id": os.environ.get("KAFKA_GROUP", "example-python"),
            # A group that is new begins with what is there already.
            "auto.offset.reset": "earliest",
            # An offset is committed once its event has taken effect, never by a clock.
            "enable.auto.commit": False,
            # So long does a consumer that was killed keep its partitions from the others.
            "session.timeout.ms": 10000,
        }
    )
    consumer.subscribe(os.environ["KAFKA_TOPICS"].split(","))
    # SIGTERM ends the loop below by SystemExit, so that the group is left properly.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        while True:
            message = consumer.poll(1.0)
            if message is None:
                continue
            if message.error():
                # The client goes on by itself after whatever may pass.
                print(f"kafka: {message.error()}", file=sys.stderr)
                continue
            handle(effects, message)
            # If we end before this, the event comes again, and is known.
            consumer.commit(message, asynchronous=False)
    finally:
        consumer.close()


def handle(effects, message):
    try:
        event = read(message)
    except Exception as error:
        # Not hookferry's: nothing that is tried again would make it an event.
        print(f"{message.topic()}@{message.offset()} is no event: {error}", file=sys.stderr)
        return
    # An error from here on ends the program, uncommitted: the event comes again.
    if not effects.once(event):
        print(f"seen before: {event.get_id()}", file=sys.stderr)


def read(message):
    headers = {name.lower(): value for name, value in message.headers() or []}
    record = kafka.KafkaMessage(headers=headers, key=message.key(), value=message.value())
    kind = headers.get("content-type") or b""
    if kind.startswith(b"application/cloudevents+json"):
        return kafka.from_structured(record, JSONFormat(), CloudEvent)
    if "ce_id" not in headers:
        raise ValueError("it has no ce_id")
    return kafka.from_binary(record, Bytes(), CloudEvent)


class Bytes(JSONFormat):
    """Leaves the data of binary mode as it came: the provider's own bytes."""

    def read_data(self, body, datacontenttype):
        return body


if __name__ == "__main__":
    main()
