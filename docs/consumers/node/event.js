// A message of either mode as the SDK's CloudEvent.
//
// Not by the SDK's own bindings (8.0.3): that for Kafka fails at events without `time`, which is optional, and puts the
// message's key over `partitionkey`; that for HTTP, which has RabbitMQ's names, knows no content type with a charset.
'use strict';

const { CloudEvent } = require('cloudevents');

// `prefix` is what attributes' headers begin with: ce_ on Kafka, ce- on RabbitMQ. `body` are bytes.
function toEvent(prefix, contentType, headers, body) {
  if ((contentType ?? '').startsWith('application/cloudevents+json')) {
    // Validates. Where the event has no time the SDK makes one up; receivedtime is always there, and hookferry's.
    return new CloudEvent(JSON.parse(body.toString()));
  }
  const attributes = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(prefix)) {
      attributes[name.slice(prefix.length)] = String(value);
    }
  }
  if (attributes.id === undefined) {
    throw new Error(`it has no ${prefix}id`);
  }
  // The data are the provider's own bytes.
  return new CloudEvent({ ...attributes, datacontenttype: contentType, data: body });
}

module.exports = { toEvent };
