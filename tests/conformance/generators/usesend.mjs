// packages: usesend-js@1.6.3
import { suite, hmac } from '../lib/cases.mjs';
import { Webhooks } from 'usesend-js';

await suite({
  provider: 'usesend',
  by: 'usesend-js@1.6.3 Webhooks.constructEvent',
  config: { secrets: ['whsec_1d0e9d8c7b6a5f4e3d2c1b0a9f8e7d6c'] },
  bodies: [
    {
      name: 'valid',
      type: 'email.delivered',
      id: 'call_cm5abc123def456',
      headers: { 'x-usesend-event': 'email.delivered', 'x-usesend-call': 'call_cm5abc123def456' },
      body: '{"id":"call_cm5abc123def456","type":"email.delivered","version":"2024-11-01","createdAt":"2026-01-01T00:00:00.000Z","teamId":1,"data":{"id":"email_cm5abc123","status":"DELIVERED","from":"hello@example.com","to":["jon@example.com"],"subject":"Welcome","occurredAt":"2026-01-01T00:00:00.000Z"},"attempt":1}',
    },
    {
      name: 'valid-contact-created',
      type: 'contact.created',
      id: 'call_cm5abc123def457',
      headers: { 'x-usesend-event': 'contact.created', 'x-usesend-call': 'call_cm5abc123def457' },
      body: '{"id":"call_cm5abc123def457","type":"contact.created","version":"2024-11-01","createdAt":"2026-01-01T00:00:05.000Z","teamId":1,"data":{"id":"contact_1","email":"jon@example.com","subscribed":true},"attempt":1}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-usesend-timestamp'] = String(now * 1000);
    request.headers['x-usesend-signature'] = `v1=${hmac('sha256', secret, `${now * 1000}.${request.text}`)}`;
  },
  accepts(request, secret) {
    new Webhooks(secret).constructEvent(request.body, { headers: request.headers });
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
