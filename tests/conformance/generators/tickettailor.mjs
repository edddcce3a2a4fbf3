// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'tickettailor',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ORDER.CREATED',
      id: 'wh_1072',
      body: '{"id":"wh_1072","created_at":"2026-01-01T00:00:00","event":"ORDER.CREATED","resource_url":"https://api.tickettailor.com/v1/orders/or_123","payload":{"object":"order","id":"or_123","status":"completed","total":1000,"currency":{"code":"gbp"},"buyer_details":{"email":"jon@example.com"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['tickettailor-webhook-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['tickettailor-webhook-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
