// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'zoho-payments',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.succeeded',
      id: '2000000012001',
      body: '{"event_id":"2000000012001","event_type":"payment.succeeded","account_id":"23137556","live_mode":false,"event_time":1767225600,"event_object":{"payment":{"payment_id":"173000002314883","amount":"100.50","currency":"INR","status":"succeeded","date":1767225600,"receipt_email":"jon@example.com"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-zoho-webhook-signature'] = `t=${at(now)},v=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v=(.+)$/.exec(request.headers['x-zoho-webhook-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
