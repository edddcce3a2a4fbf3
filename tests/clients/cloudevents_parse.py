#!/usr/bin/env python3
"""Parses broker messages by the official CloudEvents SDK for Python.

usage: cloudevents_parse.py < messages.jsonl

Each input line is one message as a foreign client read it, in either of these forms:
  {"headers": {NAME: TEXT}, "body_b64": ...}   with "content_type" too for AMQP (amqp_read.py)
  {"headers": [NAME, TEXT, ...], "payload": TEXT}                       (kcat -C -J)
Prints for each, in order:
  {"binding", "mode", "attributes": {...}, "data_b64": ... or null}

`binding` is the SDK's module that read the message: kafka (ce_ headers), rabbitmq (ce- headers)
or amqp (cloudEvents_ or cloudEvents: headers). `mode` is structured or binary. `attributes` come from the SDK,
which also checks that they are valid. `data_b64` is the data byte for byte: in binary mode
the message's body; in structured mode what the SDK decodes from data_base64, or the exact text
of `data` in the envelope, once it is proven to be the same value that the SDK returned.
Exits 1 at the first message that is no CloudEvent, naming its line.
"""

import base64
import json
import sys

from cloudevents.core.bindings import amqp, kafka, rabbitmq
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

REQUIRED = ("specversion", "id", "source", "type")
STRUCTURED = "application/cloudevents"
WHITESPACE = " \t\r\n"


class KeepBytes(JSONFormat):
    """The SDK's JSON format, but binary-mode data stays the bytes that arrived."""

    def read_data(self, body, datacontenttype):
        return body


class AsArrived(CloudEvent):
    """The SDK's event without its defaults: it would invent an id and a time that never arrived."""

    def __init__(self, attributes, data=None):
        missing = [name for name in REQUIRED if name not in attributes]
        if missing:
            raise ValueError(f"the message lacks {', '.join(missing)}")
        self.arrived = tuple(attributes)
        super().__init__(attributes, data)

    def get_attributes(self):
        attributes = super().get_attributes()
        return {name: attributes[name] for name in self.arrived}


def main():
    # kcat passes bytes that are not UTF-8 through as they are.
    sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")
    for number, line in enumerate(sys.stdin, start=1):
        try:
            print(json.dumps(parsed(json.loads(line))))
        except Exception as error:
            sys.stdout.flush()
            sys.exit(f"cloudevents_parse: line {number}: {type(error).__name__}: {error}")


def parsed(line):
    headers, content_type, body = message_of(line)
    binding = binding_of(headers)
    structured = (content_type or "").lower().startswith(STRUCTURED)
    event = READERS[binding](headers, content_type, body, structured)
    data = structured_data(event, body) if structured else event.get_data()
    return {
        "binding": binding,
        "mode": "structured" if structured else "binary",
        "attributes": {name: plain(value) for name, value in event.get_attributes().items()},
        "data_b64": None if data is None else base64.b64encode(data).decode("ascii"),
    }


def message_of(line):
    """Headers, content type and body, whichever client wrote the line."""
    headers = line.get("headers") or {}
    if isinstance(headers, list):
        names = headers[0::2]
        if len(set(names)) != len(names):
            raise ValueError(f"a header occurs twice: {names}")
        headers = dict(zip(names, headers[1::2]))
    if "body_b64" in line:
        body = base64.b64decode(line["body_b64"], validate=True)
    else:
        body = line["payload"].encode("utf-8", "surrogateescape")
    content_type = line.get("content_type")
    if content_type is None:
        content_type = headers.get("content-type")
    return headers, content_type, body


def binding_of(headers):
    for name in headers:
        if name.startswith(rabbitmq.CE_PREFIX):
            return "rabbitmq"
        if name.startswith((amqp.CE_PREFIX_UNDERSCORE, amqp.CE_PREFIX_COLON)):
            return "amqp"
    return "kafka"


def read_kafka(headers, content_type, body, structured):
    headers = {name: str(value).encode() for name, value in headers.items()}
    if content_type is not None:
        headers["content-type"] = content_type.encode()
    message = kafka.KafkaMessage(headers=headers, key=None, value=body)
    read = kafka.from_structured if structured else kafka.from_binary
    return read(message, KeepBytes(), AsArrived)


def read_rabbitmq(headers, content_type, body, structured):
    message = rabbitmq.RabbitMQMessage(headers=headers, content_type=content_type, body=body)
    read = rabbitmq.from_structured if structured else rabbitmq.from_binary
    return read(message, KeepBytes(), AsArrived)


def read_amqp(headers, content_type, body, structured):
    properties = {} if content_type is None else {amqp.CONTENT_TYPE_PROPERTY: content_type}
    message = amqp.AMQPMessage(
        properties=properties, application_properties=headers, application_data=body
    )
    read = amqp.from_structured if structured else amqp.from_binary
    return read(message, KeepBytes(), AsArrived)


READERS = {"kafka": read_kafka, "rabbitmq": read_rabbitmq, "amqp": read_amqp}


def structured_data(event, envelope):
    """The bytes of the event's data, checked against the value that the SDK decoded."""
    data = event.get_data()
    if isinstance(data, bytes):
        return data
    members = members_of(envelope.decode("utf-8"))
    if "data_base64" in members:
        raise ValueError("the envelope has data_base64, but the SDK read no bytes from it")
    if "data" not in members:
        return None
    exact = members["data"]
    if json.loads(exact) != data:
        raise ValueError("the SDK read another `data` than the envelope holds")
    content_type = event.get_datacontenttype()
    # In an envelope, text of a type other than JSON is a JSON string (CloudEvents JSON format, 3.1).
    if isinstance(data, str) and not JSONFormat.JSON_CONTENT_TYPE_PATTERN.match(
        content_type or JSONFormat.DEFAULT_CONTENT_TYPE
    ):
        return data.encode("utf-8")
    return exact.encode("utf-8")


def members_of(document):
    """The exact text of each member's value of a JSON object."""
    decoder = json.JSONDecoder()
    members = {}
    at = skip(document, 0, "{")
    while not document.startswith("}", space(document, at)):
        if members:
            at = skip(document, at, ",")
        name, at = decoder.raw_decode(document, space(document, at))
        at = space(document, skip(document, at, ":"))
        _, end = decoder.raw_decode(document, at)
        if name in members:
            raise ValueError(f"the envelope has two members named {name}")
        members[name] = document[at:end]
        at = end
    return members


def skip(document, at, expected):
    at = space(document, at)
    if not document.startswith(expected, at):
        raise ValueError(f"expected {expected!r} at character {at} of the envelope")
    return at + 1


def space(document, at):
    while at < len(document) and document[at] in WHITESPACE:
        at += 1
    return at


def plain(value):
    """Attribute values as JSON has them; times as RFC 3339."""
    if hasattr(value, "isoformat"):
        return value.isoformat().replace("+00:00", "Z")
    return value


if __name__ == "__main__":
    main()
