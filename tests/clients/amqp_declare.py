#!/usr/bin/env python3
"""Prepares a queue by a client that is not Hookferry's own (pika).

usage: amqp_declare.py URL EXCHANGE QUEUE BINDING_KEY [OPTION...]

Declares the durable topic exchange and the durable classic queue, and binds them.
--purge then empties the queue; --delete instead removes the queue and nothing else, and
--delete-exchange the exchange and nothing else. --arguments JSON are the queue's; --transient and
--auto-delete are about the queue too. --kind TYPE, --exchange-arguments JSON
and --bound-to EXCHANGE, from which it takes what has the same binding key, are about the exchange.
"""

import argparse
import json

import pika


def main():
    arguments = parse_arguments()
    connection = pika.BlockingConnection(pika.URLParameters(arguments.url))
    channel = connection.channel()
    if arguments.delete:
        channel.queue_delete(arguments.queue)
    elif arguments.delete_exchange:
        channel.exchange_delete(arguments.exchange)
    else:
        declare(channel, arguments)
    connection.close()


def declare(channel, arguments):
    channel.exchange_declare(
        arguments.exchange,
        exchange_type=arguments.kind,
        durable=True,
        arguments=arguments.exchange_arguments,
    )
    channel.queue_declare(
        arguments.queue,
        durable=not arguments.transient,
        auto_delete=arguments.auto_delete,
        arguments=arguments.arguments,
    )
    channel.queue_bind(arguments.queue, arguments.exchange, arguments.binding_key)
    if arguments.bound_to:
        channel.exchange_bind(arguments.exchange, arguments.bound_to, arguments.binding_key)
    if arguments.purge:
        channel.queue_purge(arguments.queue)


def parse_arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("url")
    parser.add_argument("exchange")
    parser.add_argument("queue")
    parser.add_argument("binding_key")
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--purge", action="store_true")
    action.add_argument("--delete", action="store_true")
    action.add_argument("--delete-exchange", action="store_true")
    parser.add_argument("--arguments", type=json.loads)
    parser.add_argument("--transient", action="store_true")
    parser.add_argument("--auto-delete", action="store_true")
    parser.add_argument("--kind", default="topic")
    parser.add_argument("--exchange-arguments", type=json.loads)
    parser.add_argument("--bound-to")
    return parser.parse_args()


if __name__ == "__main__":
    main()
