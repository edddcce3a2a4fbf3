#!/usr/bin/env python3
"""Reads hookferry's events from a RabbitMQ queue, in structured and in binary mode, and lets each take effect once.

    pip install -r requirements.txt
    RABBITMQ_URL=amqp://127.0.0.1 RABBITMQ_QUEUE=pushes python rabbitmq_consumer.py

The queue is yours to declare and bind: docs/rabbitmq.md.
"""

import os
import signal
import sys

import pika
from cloudevents.core.bindings import rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from effects import Effects


def main():
    effects = Effects(os.environ.get("EFFECTS", "effects.jsonl"))
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["RABBITMQ_URL"]))
    channel = connection.channel()
    # What this consumer may hold unacknowledged; without it, it is given the whole queue at once.
    channel.basic_qos(prefetch_count=50)

    def handle(channel, method, properties, body):
        try:
            event = read(properties, body)
        except Exception as error:
            print(f"{method.routing_key} is no event: {error}", file=sys.stderr)
            # Not to be given again. A queue with a dead-letter exchange of RabbitMQ's own keeps it.
            channel.basic_nack(method.delivery_tag, requeue=False)
            return
        # An error from here on ends the program, unacknowledged: the event comes again.
        if not effects.once(event):
            print(f"seen before: {event.get_id()}", file=sys.stderr)
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(os.environ["RABBITMQ_QUEUE"], handle)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    channel.start_consuming()


def read(properties, body):
    message = rabbitmq.RabbitMQMessage(
        headers=properties.headers or {}, content_type=properties.content_type, body=body
    )
    if (properties.content_type or "").startswith("application/cloudevents+json"):
        return rabbitmq.from_structured(message, JSONFormat(), CloudEvent)
    if "ce-id" not in message.headers:
        raise ValueError("it has no ce-id")
    return rabbitmq.from_binary(message, Bytes(), CloudEvent)


class Bytes(JSONFormat):
    """Leaves the data of binary mode as it came: the provider's own bytes."""

    def read_data(self, body, datacontenttype):
        return body


if __name__ == "__main__":
    main()
