// Reads hookferry's events from a RabbitMQ queue, in structured and in binary mode, and lets each take effect once.
//
//   npm ci
//   RABBITMQ_URL=amqp://127.0.0.1 RABBITMQ_QUEUE=pushes node rabbitmq_consumer.js
//
// The queue is yours to declare and bind: docs/rabbitmq.md.
'use strict';

const amqp = require('amqplib');
const { Effects } = require('./effects');
const { toEvent } = require('./event');

async function main() {
  const effects = new Effects(process.env.EFFECTS ?? 'effects.jsonl');
  const connection = await amqp.connect(process.env.RABBITMQ_URL);
  // Whoever runs this starts it again; what was not acknowledged comes again.
  connection.on('close', () => process.exit(1));
  connection.on('error', (error) => console.error(`rabbitmq: ${error.message}`));
  const channel = await connection.createChannel();
  // What this consumer may hold unacknowledged; without it, it is given the whole queue at once.
  await channel.prefetch(50);
  await channel.consume(process.env.RABBITMQ_QUEUE, (message) => {
    if (message === null) {
      console.error('the queue is gone');
      process.exit(1);
    }
    let event;
    try {
      event = read(message);
    } catch (error) {
      console.error(`${message.fields.routingKey} is no event: ${error.message}`);
      // Not to be given again. A queue with a dead-letter exchange of RabbitMQ's own keeps it.
      channel.nack(message, false, false);
      return;
    }
    // An error here ends the program, unacknowledged: the event comes again.
    if (!effects.once(event)) {
      console.error(`seen before: ${event.id}`);
    }
    channel.ack(message);
  });
}

function read({ properties, content }) {
  return toEvent('ce-', properties.contentType, properties.headers ?? {}, content);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
