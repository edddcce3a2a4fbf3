'use strict';
// A webhook receiver as most teams have it: Express and kafkajs, 202 once Kafka has confirmed (acks=all).

const express = require('express');
const { Kafka } = require('kafkajs');
const { genuine } = require('./verify');

const { HOOKFERRY_BENCH_KAFKA: brokers, HOOKFERRY_BENCH_NAME: topic, HOOKFERRY_BENCH_SECRET: secret } = process.env;

async function main() {
  const kafka = new Kafka({ brokers: brokers.split(',') });
  const producer = kafka.producer();
  await producer.connect();
  const app = express();
  app.use(express.raw({ type: () => true, limit: '1mb' }));
  app.post('/github', async (request, response) => {
    if (!genuine(request, secret)) {
      return response.sendStatus(401);
    }
    const message = { key: request.get('x-github-delivery'), value: request.body };
    try {
      await producer.send({ topic, acks: -1, messages: [message] });
    } catch {
      return response.sendStatus(503);
    }
    return response.sendStatus(202);
  });
  app.listen(Number(process.env.HOOKFERRY_BENCH_PORT), '127.0.0.1');
}

main();
