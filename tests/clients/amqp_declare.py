#!/usr/bin/env python3
"""Prepares a queue by a client that is not Hookferry's own (pika).

usage: amqp_declare.py URL EXCHANGE QUEUE BINDING_KEY [--purge | --delete]

Declares the durable topic exchange and the durable classic queue, and binds them.
--purge then empties the queue; --delete instead removes the queue and nothing else.
"""

import argparse

import pika


def main():
    arguments = parse_arguments()
    connection = pika.BlockingConnection(pika.URLParameters(arguments.url))
    channel = connection.channel()
    if arguments.delete:
        channel.queue_delete(arguments.queue)
    else:
        declare(channel, arguments)
    connection.close()


def declare(channel, arguments):
    channel.exchange_declare(arguments.exchange, exchange_type="topic", durable=True)
    channel.queue_declare(arguments.queue, durable=True)
    channel.queue_bind(arguments.queue, arguments.exchange, arguments.binding_key)
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
    return parser.parse_args()


if __name__ == "__main__":
    main()
