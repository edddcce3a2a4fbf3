// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const item = 'Z2lkOi8vSm9iYmVyL0NsaWVudC8xMjM0NTY=';
const event = (name, topic, member = 'occurredAt') => ({
  name, type: topic, id: `${topic}:${item}:2026-01-01T00:00:00Z`,
  body: JSON.stringify({ data: { webHookEvent: { topic, appId: '5a6b7c8d-1e2f-4a3b-8c4d-5e6f7a8b9c0d', accountId: 'MQ==', itemId: item, [member]: '2026-01-01T00:00:00Z' } } }),
});

await suite({
  provider: 'jobber',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['4c0e7f1b2a3d5c6e8f9a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e'] },
  bodies: [event('valid', 'CLIENT_CREATE'), event('valid-update', 'CLIENT_UPDATE'), event('valid-other-spelling', 'JOB_CREATE', 'occuredAt')],
  sign(request, secret) {
    request.headers['x-jobber-hmac-sha256'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-jobber-hmac-sha256'], hmac('sha256', secret, request.body, 'base64')),
});
