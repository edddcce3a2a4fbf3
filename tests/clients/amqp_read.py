#!/usr/bin/env python3
"""Reads messages from a queue by a client that is not Hookferry's own (pika).

usage: amqp_read.py URL QUEUE COUNT TIMEOUT_S

Takes COUNT messages from an existing queue and prints each as one JSON line:
routing_key, headers, content_type, message_id, type, timestamp, delivery_mode, body_b64.
Exits 1 when none arrives for TIMEOUT_S seconds before there are COUNT; those that did are printed.
"""

import argparse
import base64
import datetime
import json
import sys
import time

import pika

# Acknowledging in batches keeps reading fast; the rest of a batch is acknowledged at the end.
ACKNOWLEDGE_EVERY = 200


def main():
    arguments = parse_arguments()
    connection = pika.BlockingConnection(pika.URLParameters(arguments.url))
    channel = connection.channel()
    # A queue that does not exist is an error here, and is not created by reading it.
    channel.queue_declare(arguments.queue, passive=True)
    channel.basic_qos(prefetch_count=2 * ACKNOWLEDGE_EVERY)
    arrived = read(channel, arguments)
    # Closing returns what was fetched beyond COUNT to the queue.
    connection.close()
    if arrived < arguments.count:
        sys.exit(
            f"amqp_read: {arrived} of {arguments.count} messages arrived in"
            f" {arguments.queue}, and then none for {arguments.timeout_s} s"
        )


def read(channel, arguments):
    """Prints messages until there are enough or none comes any more; returns their number."""
    deadline = time.monotonic() + arguments.timeout_s
    arrived = 0
    unacknowledged = None
    messages = channel.consume(arguments.queue, inactivity_timeout=0.1)
    while arrived < arguments.count and time.monotonic() < deadline:
        method, properties, body = next(messages)
        if method is None:
            continue
        print(json.dumps(described(method, properties, body), default=plain))
        arrived += 1
        deadline = time.monotonic() + arguments.timeout_s
        unacknowledged = method.delivery_tag
        if arrived % ACKNOWLEDGE_EVERY == 0:
            channel.basic_ack(unacknowledged, multiple=True)
            unacknowledged = None
    if unacknowledged is not None:
        channel.basic_ack(unacknowledged, multiple=True)
    return arrived


def described(method, properties, body):
    return {
        "routing_key": method.routing_key,
        "headers": properties.headers or {},
        "content_type": properties.content_type,
        "message_id": properties.message_id,
        "type": properties.type,
        "timestamp": properties.timestamp,
        "delivery_mode": properties.delivery_mode,
        "body_b64": base64.b64encode(body).decode("ascii"),
    }


def plain(value):
    """Header values that JSON has no type for."""
    if isinstance(value, (bytes, bytearray)):
        return {"b64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    return str(value)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("queue")
    parser.add_argument("count", type=int)
    parser.add_argument("timeout_s", type=float)
    return parser.parse_args()


if __name__ == "__main__":
    main()
