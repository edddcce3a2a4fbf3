// packages: modern-treasury@3.3.0
import { suite } from '../lib/cases.mjs';
import ModernTreasury from 'modern-treasury';

const { webhooks } = new ModernTreasury({ apiKey: 'none', organizationID: 'none' });
const event = (name, topic, event, id) => ({
  name, type: `${topic}.${event}`, id, headers: { 'x-topic': topic, 'x-webhook-id': id },
  body: JSON.stringify({ event, data: { id: 'c743edb7-4059-496a-94b8-06fc081156fd', object: topic, live_mode: true, amount: 1200, currency: 'USD', status: event, description: 'Miete März', updated_at: '2026-01-01T00:00:00Z' } }),
});

await suite({
  provider: 'modern-treasury',
  by: 'modern-treasury@3.3.0 webhooks.validateSignature',
  config: { secrets: ['7Hq2vXf4b9kLzRtYwNcPsDmJgAeUoQxi'] },
  bodies: [
    event('valid', 'payment_order', 'completed', '5a2ff1b3-8f2c-4c1e-9d7e-7f1b7f0e9a11'),
    event('valid-expected-payment', 'expected_payment', 'reconciled', '5a2ff1b3-8f2c-4c1e-9d7e-7f1b7f0e9a12'),
  ],
  sign(request, secret) {
    request.headers['x-signature'] = webhooks.getSignature(request.text, { key: secret });
  },
  accepts: (request, secret) => webhooks.validateSignature(request.text, request.headers, { key: secret }),
});
