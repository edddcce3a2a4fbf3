// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'commerce-layer',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['6ec5e8b4f1a07d2c93b5e7f1082a4c6d'] },
  bodies: [
    {
      name: 'valid',
      type: 'orders.place',
      headers: { 'content-type': 'application/vnd.api+json', 'x-commercelayer-topic': 'orders.place' },
      body: '{"data":{"id":"wBXVhKzrnq","type":"orders","links":{"self":"https://acme.commercelayer.io/api/orders/wBXVhKzrnq"},"attributes":{"number":"2485","status":"placed","payment_status":"authorized","currency_code":"EUR","total_amount_cents":5900,"formatted_total_amount":"€59,00","placed_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.417Z"},"relationships":{}},"included":[]}',
    },
    {
      name: 'valid-orders-approve',
      type: 'orders.approve',
      id: 'orders.approve:d28052bbb0f0d3bfca51196df1e72420ab29719a5043a3ee4db2cda3780474c2',
      headers: { 'content-type': 'application/vnd.api+json', 'x-commercelayer-topic': 'orders.approve' },
      body: '{"data":{"id":"wBXVhKzrnr","type":"orders","links":{"self":"https://acme.commercelayer.io/api/orders/wBXVhKzrnr"},"attributes":{"number":"2485","status":"placed","payment_status":"authorized","currency_code":"EUR","total_amount_cents":5900,"formatted_total_amount":"€59,00","placed_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.417Z"},"relationships":{}},"included":[]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-commercelayer-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-commercelayer-signature'], hmac('sha256', secret, request.body, 'base64')),
});
