// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const order = JSON.stringify({ id: 727, number: '727', status: 'processing', currency: 'EUR', total: '29.35', billing: { first_name: 'Jöhn' } });
const head = (topic, id) => ({ 'x-wc-webhook-topic': topic, 'x-wc-webhook-source': 'https://shop.example.com/', 'x-wc-webhook-id': '5', 'x-wc-webhook-delivery-id': id });
const form = { 'content-type': 'application/x-www-form-urlencoded' };
const expected = (request, secret) => hmac('sha256', secret, request.body, 'base64');

await suite({
  provider: 'woocommerce',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of the body',
  config: { secrets: ['K2vQ8rLw5nXc1pZt7mBs4dGh9jYf3aEu'] },
  bodies: [
    { name: 'valid', type: 'order.created', id: 'd3b07384d113edec49eaa6238ad5ff00', headers: head('order.created', 'd3b07384d113edec49eaa6238ad5ff00'), body: order },
    { name: 'valid-deleted', type: 'product.deleted', id: 'd3b07384d113edec49eaa6238ad5ff01', headers: head('product.deleted', 'd3b07384d113edec49eaa6238ad5ff01'), body: '{"id":93}' },
  ],
  sign(request, secret) {
    request.headers['x-wc-webhook-signature'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-wc-webhook-signature'] ?? '', expected(request, secret)),
  extra: [
    { case: 'handshake-ping', expect: 'handshake', headers: form, body: 'webhook_id=5', expect_status: 200, expect_reply: '' },
    { case: 'another-form-is-no-ping', expect: 'reject', headers: form, body: 'id=5' },
  ],
});
