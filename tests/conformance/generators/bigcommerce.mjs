// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

// The client secret's own bytes are the key, which the library wants in base64.
const webhook = (secret) => new Webhook(Buffer.from(secret).toString('base64'));
const event = (id, scope, data) => ({
  type: scope,
  id,
  headers: { 'webhook-id': id },
  body: JSON.stringify({ scope, store_id: '1025646', data, hash: '7ee67cd1cf2ca60bc1aa9e5fe957d2de373be4ca', created_at: 1767225600, producer: 'stores/abcde' }),
});

await suite({
  provider: 'bigcommerce',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['bc8b3e9f2d7a4c5e6f1a0b9c8d7e6f5a4b3c2d1e0f9a8b7c6d5e4f3a2b1c0d9e'] },
  bodies: [
    { name: 'valid', ...event('3f9ea420af83450d7ef9f78b08c8af25b2213637', 'store/order/statusUpdated', { type: 'order', id: 250, status: { previous_status_id: 0, new_status_id: 10 } }) },
    { name: 'valid-product', ...event('4f9ea420af83450d7ef9f78b08c8af25b2213638', 'store/product/updated', { type: 'product', id: 205 }) },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts: (request, secret) => Boolean(webhook(secret).verify(request.text, request.headers)),
  timestamped: { tolerance_s: 300 },
  forge: {
    'changed-webhook-id': (request) => void (request.headers['webhook-id'] = '5f9ea420af83450d7ef9f78b08c8af25b2213639'),
    'missing-webhook-id': (request) => void delete request.headers['webhook-id'],
  },
});
