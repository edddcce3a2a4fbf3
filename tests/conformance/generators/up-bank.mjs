// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (eventType, id) => JSON.stringify({
  data: { type: 'webhook-events', id, attributes: { eventType, createdAt: '2026-01-01T00:00:00+11:00' }, relationships: { webhook: { data: { type: 'webhooks', id: 'a4c6a2d4' } } } },
});

await suite({
  provider: 'up-bank',
  by: 'none: documented scheme, hex of HMAC-SHA256 of the body',
  config: { secrets: ['wxnHxHmSyBj5vmQmqHkTDrTyQ0aGJbXnQsZcYpLr'] },
  bodies: [
    { name: 'valid', type: 'TRANSACTION_CREATED', id: '97ce3abb-21da-4e34-96c9-b6f49dbcbdd3', body: event('TRANSACTION_CREATED', '97ce3abb-21da-4e34-96c9-b6f49dbcbdd3') },
    { name: 'valid-ping', type: 'PING', id: '97ce3abb-21da-4e34-96c9-b6f49dbcbdd4', body: event('PING', '97ce3abb-21da-4e34-96c9-b6f49dbcbdd4') },
  ],
  sign(request, secret) {
    request.headers['x-up-authenticity-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-up-authenticity-signature'] ?? '', hmac('sha256', secret, request.body)),
});
