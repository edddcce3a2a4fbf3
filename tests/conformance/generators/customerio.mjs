// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const expected = (request, secret) => hmac('sha256', secret, `v0:${request.headers['x-cio-timestamp']}:${request.text}`);

await suite({
  provider: 'customerio',
  by: 'none: documented scheme, HMAC-SHA256 of v0, time and body',
  config: { secrets: ['0bc0e8a5d2f14c7b9a3e6d1f8c2b5a4970e3d6c1b8f5a2e9'] },
  bodies: [
    {
      name: 'valid',
      type: 'email_sent',
      id: '01E4C4CT6YDC7Y5M7FE1GWWPQJ',
      body: '{"data":{"action_id":96,"broadcast_id":9,"customer_id":"42","delivery_id":"RPILAgUBcRhIBqSfeiIwdIYJKxTY","identifiers":{"cio_id":"d9c106000001","email":"test@example.com","id":"42"},"recipient":"test@example.com","subject":"Thanks for signing up"},"event_id":"01E4C4CT6YDC7Y5M7FE1GWWPQJ","metric":"sent","object_type":"email","timestamp":1767225600}',
    },
    {
      name: 'valid-customer-subscribed',
      type: 'customer_subscribed',
      id: '01E4C4C6P79C12J5A6KPE6XNFD',
      body: '{"data":{"action_id":96,"broadcast_id":9,"customer_id":"42","delivery_id":"RPILAgUBcRhIBqSfeiIwdIYJKxTY","identifiers":{"cio_id":"d9c106000001","email":"test@example.com","id":"42"},"recipient":"test@example.com","subject":"Thanks for signing up"},"event_id":"01E4C4C6P79C12J5A6KPE6XNFD","metric":"subscribed","object_type":"customer","timestamp":1767225600}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-cio-timestamp'] = String(now);
    request.headers['x-cio-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(request.headers['x-cio-timestamp'] - now) <= 300 && same(request.headers['x-cio-signature'], expected(request, secret)),
  timestamped: { tolerance_s: 300 },
});
