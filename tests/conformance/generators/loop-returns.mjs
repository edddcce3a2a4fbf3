// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, trigger, topic, more) => ({ name, type: trigger, body: JSON.stringify({ topic, trigger, id: '21434', ...more, created_at: '2025-12-30T09:00:00Z', updated_at: '2026-01-01T00:00:00Z' }) });

await suite({
  provider: 'loop-returns',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64',
  config: { secrets: ['b8d1f4a07c3e4f6a9d2b5c8e1f7a0d3c'] },
  bodies: [
    event('valid', 'return.updated', 'return', { state: 'closed', total: '60.00', order_name: '#1042', line_items: [{ sku: 'TEE-BLK-M', title: 'Schwarzes T-Shirt – Größe M' }] }),
    event('valid-label', 'label.created', 'label', { return_id: '21434', carrier: 'USPS', status: 'created' }),
  ],
  sign(request, secret) {
    request.headers['x-loop-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-loop-signature'], hmac('sha256', secret, request.body, 'base64')),
});
