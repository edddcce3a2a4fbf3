// packages: @line/bot-sdk@11.0.0
import { suite, hmac } from '../lib/cases.mjs';
import { validateSignature } from '@line/bot-sdk';

const destination = 'U8189cf6745fc0d808977bdb0b9f22995';
const event = (type, id, more) => ({
  type, ...more, webhookEventId: id, deliveryContext: { isRedelivery: false }, timestamp: 1767225600000,
  source: { type: 'user', userId: 'U4af4980629a5f1e0b6c3a5f2d1c0b9a8' }, replyToken: 'nHuyWiB7yP5Zw52FIkcQobQuGDXCTA', mode: 'active',
});
const message = event('message', '01FZ74A0TDDPYRVKNK77XKC3ZR', { message: { type: 'text', id: '444573844083572737', text: 'Hello, world' } });
const follow = event('follow', '01FZ74A0TDDPYRVKNK77XKC3ZS', { follow: { isUnblocked: false } });
const body = (...events) => JSON.stringify({ destination, events });

await suite({
  provider: 'line',
  by: '@line/bot-sdk@11.0.0 validateSignature',
  config: { secrets: ['8c570fa6dd201bb328f1c1eac23a96d8'] },
  bodies: [
    { name: 'valid', type: 'message', id: '01FZ74A0TDDPYRVKNK77XKC3ZR', body: body(message) },
    { name: 'valid-follow', type: 'follow', id: '01FZ74A0TDDPYRVKNK77XKC3ZS', body: body(follow) },
    { name: 'valid-two-events', type: 'message', id: '01FZ74A0TDDPYRVKNK77XKC3ZR', body: body(message, follow) },
    { name: 'valid-no-events', body: body() },
  ],
  sign(request, secret) {
    request.headers['x-line-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => validateSignature(request.body, secret, request.headers['x-line-signature']),
});
