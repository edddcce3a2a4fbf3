// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (id, resource, action) => JSON.stringify({
  id, resource, action, tenant_id: '3', created_at: '2026-01-01T00:00:00.000Z', payload: { id: 4328992, user: { id: 8674537, first_name: 'Jané' } },
});

await suite({
  provider: 'thinkific',
  by: 'none: documented scheme, hex of HMAC-SHA256 of the body',
  config: { secrets: ['9f1c3e5a7b2d4f60819a3c5e7d9f0b2c'] },
  bodies: [
    { name: 'valid', type: 'order.created', id: '20260101000000123456789', body: event('20260101000000123456789', 'order', 'created') },
    { name: 'valid-signin', type: 'user.signin', id: '20260101000000123456790', body: event('20260101000000123456790', 'user', 'signin') },
  ],
  sign(request, secret) {
    request.headers['x-thinkific-hmac-sha256'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-thinkific-hmac-sha256'] ?? '', hmac('sha256', secret, request.body)),
});
