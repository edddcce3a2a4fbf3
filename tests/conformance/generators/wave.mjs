// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'wave',
  by: 'none: documented scheme',
  config: { secrets: ['wave_sn_WHS_A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'checkout.session.completed',
      id: 'AE_ijzo7oGgrlM7',
      body: '{"id":"AE_ijzo7oGgrlM7","type":"checkout.session.completed","data":{"id":"cos-1b01sghpg100j","amount":"100","checkout_status":"complete","client_reference":"order-42","currency":"XOF","payment_status":"succeeded","transaction_id":"TCN4Y4ZC3FM","when_completed":"2026-01-01T00:00:00Z","when_created":"2025-12-31T23:59:00Z"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['wave-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['wave-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
