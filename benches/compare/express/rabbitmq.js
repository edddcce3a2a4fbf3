'use strict';
// The same with amqplib: 202 once RabbitMQ has confirmed the message, and has not returned it before.

const amqp = require('amqplib');
const express = require('express');
const { genuine } = require('./verify');

const { HOOKFERRY_BENCH_RABBITMQ: url, HOOKFERRY_BENCH_NAME: exchange, HOOKFERRY_BENCH_SECRET: secret } = process.env;

async function main() {
  const connection = await amqp.connect(url);
  const channel = await connection.createConfirmChannel();
  const returned = new Set();
  channel.on('return', (message) => returned.add(message.properties.messageId));

  function publish(request) {
    const messageId = request.get('x-github-delivery');
    const options = { messageId, persistent: true, mandatory: true, contentType: 'application/json' };
    return new Promise((resolve, reject) => {
      channel.publish(exchange, request.get('x-github-event'), request.body, options, (error) => {
        // RabbitMQ returns a message before it confirms it.
        if (error || returned.delete(messageId)) {
          reject(error ?? new Error('unroutable'));
        } else {
          resolve();
        }
      });
    });
  }

  const app = express();
  app.use(express.raw({ type: () => true, limit: '1mb' }));
  app.post('/github', async (request, response) => {
    if (!genuine(request, secret)) {
      return response.sendStatus(401);
    }
    try {
      await publish(request);
    } catch {
      return response.sendStatus(503);
    }
    return response.sendStatus(202);
  });
  app.listen(Number(process.env.HOOKFERRY_BENCH_PORT), '127.0.0.1');
}

main();
