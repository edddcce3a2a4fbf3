// Reads hookferry's events from Kafka, in structured and in binary mode, and lets each take effect once.
//
//   npm ci
//   KAFKA_BROKERS=127.0.0.1:9092 KAFKA_TOPICS=webhooks.github.push node kafka_consumer.js
'use strict';

const { Kafka, logLevel } = require('kafkajs');
const { Effects } = require('./effects');
const { toEvent } = require('./event');

async function main() {
  const effects = new Effects(process.env.EFFECTS ?? 'effects.jsonl');
  const kafka = new Kafka({
    brokers: process.env.KAFKA_BROKERS.split(','),
    clientId: 'example-node',
    logLevel: logLevel.WARN,
  });
  const groupId = process.env.KAFKA_GROUP ?? 'example-node';
  // So long does a consumer that was killed keep its partitions from the others.
  const consumer = kafka.consumer({ groupId, sessionTimeout: 10_000 });
  // An error that eachMessage throws is tried again by the client itself, from the last committed offset.
  await consumer.connect();
  // A group that is new begins with what is there already.
  await consumer.subscribe({ topics: process.env.KAFKA_TOPICS.split(','), fromBeginning: true });
  for (const signal of ['SIGTERM', 'SIGINT']) {
    process.once(signal, () => consumer.disconnect().then(() => process.exit(0)));
  }
  await consumer.run({
    // An offset is committed once its event has taken effect, never by a clock.
    autoCommit: false,
    eachMessage: async ({ topic, partition, message }) => {
      handle(effects, topic, message);
      // If we end before this, the event comes again, and is known.
      const offset = (BigInt(message.offset) + 1n).toString();
      await consumer.commitOffsets([{ topic, partition, offset }]);
    },
  });
}

function handle(effects, topic, message) {
  let event;
  try {
    event = read(message);
  } catch (error) {
    // Not hookferry's: nothing that is tried again would make it an event.
    console.error(`${topic}@${message.offset} is no event: ${error.message}`);
    return;
  }
  if (!effects.once(event)) {
    console.error(`seen before: ${event.id}`);
  }
}

function read({ headers = {}, value }) {
  // kafkajs gives headers as bytes.
  const contentType = headers['content-type']?.toString();
  return toEvent('ce_', contentType, headers, value);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
