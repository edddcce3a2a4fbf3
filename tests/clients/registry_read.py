#!/usr/bin/env python3
"""Reads framed messages by Confluent's own deserializers, which look their schemas up in a registry.

usage: registry_read.py REGISTRY_URL FORMAT TOPIC < messages

FORMAT is avro, protobuf:CloudEvent, protobuf:Push or json; avro=FILE reads by the schema in that file,
as a consumer of its own schema does. Each input line is a message's value in
base64. Prints for each, in order, the value as JSON, in which bytes are {"b64": ...}; for json it is
{"value": ..., "text": what the value was read from}.
Exits 1 at the first that cannot be read, naming its line.

The classes of Protobuf messages are made here, by the field numbers of the CloudEvents specification,
and not from the schema that Hookferry registers.
"""

import base64
import datetime
import json
import sys

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.schema_registry.json_schema import JSONDeserializer
from confluent_kafka.schema_registry.protobuf import ProtobufDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext
from google.protobuf import any_pb2, descriptor_pb2, descriptor_pool, message_factory, timestamp_pb2

STRATEGY = {"subject.name.strategy.type": "TOPIC"}
KINDS = descriptor_pb2.FieldDescriptorProto


def main():
    url, form, topic = sys.argv[1:]
    client = SchemaRegistryClient({"url": url})
    form, _, schema = form.partition("=")
    read = READERS[form](client, schema)
    context = SerializationContext(topic, MessageField.VALUE)
    for number, line in enumerate(sys.stdin, start=1):
        try:
            value = base64.b64decode(line.strip(), validate=True)
            print(json.dumps(read(value, context), default=plain))
        except Exception as error:
            sys.stdout.flush()
            sys.exit(f"registry_read: line {number}: {type(error).__name__}: {error}")


def avro(client, file):
    schema = None
    if file:
        with open(file, encoding="utf-8") as opened:
            schema = opened.read()
    return AvroDeserializer(client, schema, conf=STRATEGY)


def json_schema(client, _file):
    texts = []

    def decode(text):
        texts.append(text)
        return json.loads(text)

    reader = JSONDeserializer(
        None, schema_registry_client=client, conf={"validate": True, **STRATEGY}, json_decode=decode
    )

    def read(value, context):
        found = reader(value, context)
        text = texts.pop()
        return {"value": found, "text": text.decode() if isinstance(text, bytes) else text}

    return read


def protobuf(make, show):
    def reader(_client, _file):
        read = ProtobufDeserializer(make(), {"use.deprecated.format": False, **STRATEGY})
        return lambda value, context: show(read(value, context))

    return reader


def cloud_event():
    file = descriptor_pb2.FileDescriptorProto(
        name="cloudevents.proto",
        package="io.cloudevents.v1",
        syntax="proto3",
        dependency=["google/protobuf/any.proto", "google/protobuf/timestamp.proto"],
    )
    event = file.message_type.add(name="CloudEvent")
    for number, name in enumerate(["id", "source", "spec_version", "type"], start=1):
        field(event, number, name, KINDS.TYPE_STRING)
    event.oneof_decl.add(name="data")
    own = ".io.cloudevents.v1.CloudEvent."
    entries = field(event, 5, "attributes", KINDS.TYPE_MESSAGE, of=own + "AttributesEntry")
    entries.label = KINDS.LABEL_REPEATED
    field(event, 6, "binary_data", KINDS.TYPE_BYTES, one_of=0)
    field(event, 7, "text_data", KINDS.TYPE_STRING, one_of=0)
    field(event, 8, "proto_data", KINDS.TYPE_MESSAGE, of=".google.protobuf.Any", one_of=0)
    value = event.nested_type.add(name="CloudEventAttributeValue")
    value.oneof_decl.add(name="attr")
    field(value, 1, "ce_boolean", KINDS.TYPE_BOOL, one_of=0)
    field(value, 2, "ce_integer", KINDS.TYPE_INT32, one_of=0)
    field(value, 3, "ce_string", KINDS.TYPE_STRING, one_of=0)
    field(value, 4, "ce_bytes", KINDS.TYPE_BYTES, one_of=0)
    field(value, 5, "ce_uri", KINDS.TYPE_STRING, one_of=0)
    field(value, 6, "ce_uri_ref", KINDS.TYPE_STRING, one_of=0)
    stamp = ".google.protobuf.Timestamp"
    field(value, 7, "ce_timestamp", KINDS.TYPE_MESSAGE, of=stamp, one_of=0)
    entry = event.nested_type.add(name="AttributesEntry")
    entry.options.map_entry = True
    field(entry, 1, "key", KINDS.TYPE_STRING)
    field(entry, 2, "value", KINDS.TYPE_MESSAGE, of=own + "CloudEventAttributeValue")
    return made(file, "io.cloudevents.v1.CloudEvent")


def push():
    file = descriptor_pb2.FileDescriptorProto(name="push.proto", package="test", syntax="proto3")
    message = file.message_type.add(name="Push")
    field(message, 1, "ref", KINDS.TYPE_STRING)
    field(message, 2, "after", KINDS.TYPE_STRING)
    return made(file, "test.Push")


def field(message, number, name, kind, of=None, one_of=None):
    added = message.field.add(name=name, number=number, type=kind, label=KINDS.LABEL_OPTIONAL)
    if of is not None:
        added.type_name = of
    if one_of is not None:
        added.oneof_index = one_of
    return added


def made(file, name):
    pool = descriptor_pool.DescriptorPool()
    for known in (any_pb2, timestamp_pb2):
        pool.AddSerializedFile(known.DESCRIPTOR.serialized_pb)
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName(name))


def show_event(event):
    attributes = {
        "id": event.id,
        "source": event.source,
        "specversion": event.spec_version,
        "type": event.type,
    }
    for name, value in event.attributes.items():
        kind = value.WhichOneof("attr")
        found = getattr(value, kind)
        attributes[name] = found.ToJsonString() if kind == "ce_timestamp" else found
    which = event.WhichOneof("data")
    data = None if which is None else getattr(event, which)
    return {"attribute": attributes, "kind": which, "data": data}


def show_push(message):
    return {"ref": message.ref, "after": message.after}


def plain(value):
    if isinstance(value, bytes):
        return {"b64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


READERS = {
    "avro": avro,
    "json": json_schema,
    "protobuf:CloudEvent": protobuf(cloud_event, show_event),
    "protobuf:Push": protobuf(push, show_push),
}

if __name__ == "__main__":
    main()
