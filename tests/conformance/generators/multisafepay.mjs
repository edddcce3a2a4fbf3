// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'multisafepay',
  by: 'none: documented scheme',
  config: { secrets: ['a1b2c3d4e5f60718293a4b5c6d7e8f9012345678'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.completed',
      body: '{"amount":1000,"amount_refunded":0,"costs":[],"created":"2026-01-01T00:00:00","currency":"EUR","customer":{"email":"jon@example.com","locale":"en_US"},"description":"Order 42","financial_status":"completed","modified":"2026-01-01T00:00:05","order_id":"order-42","payment_details":{"type":"IDEAL"},"status":"completed","transaction_id":4051823}',
    },
  ],
  sign(request, secret, now) {
    request.headers.auth = Buffer.from(`${now}:${hmac('sha512', secret, `${now}:${request.text}`)}`).toString('base64');
  },
  accepts(request, secret, now) {
    const [t, signature] = Buffer.from(request.headers.auth, 'base64').toString().split(':');
    return Math.abs(now - Number(t)) <= 600 && same(signature, hmac('sha512', secret, `${t}:${request.text}`));
  },
  signature: 'auth',
  timestamped: { tolerance_s: 600 },
});
