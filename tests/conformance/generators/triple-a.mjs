// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'triple-a',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment',
      body: '{"event":"payment","type":"triplea","payment_reference":"ABC-123456-PMT","crypto_currency":"BTC","crypto_address":"tb1q9","crypto_amount":0.0001,"order_currency":"USD","order_amount":10,"exchange_rate":100000,"status":"good","status_date":"2026-01-01T00:00:00Z","receive_amount":10,"payment_tier":"good","webhook_data":{"order_id":"order-42"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['triplea-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['triplea-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
