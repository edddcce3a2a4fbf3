// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'moonpay',
  by: 'none: documented scheme',
  config: { secrets: ['wk_test_9X8w7V6u5T4s3R2q1P0oN'] },
  bodies: [
    {
      name: 'valid',
      type: 'transaction_updated',
      body: '{"type":"transaction_updated","data":{"id":"354b1f46-480c-4307-9896-f4c81c1e1e17","createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:05:00.000Z","status":"completed","baseCurrencyAmount":50,"quoteCurrencyAmount":0.02,"walletAddress":"0x9c76ae45c36a4da3801a5ba387bbfa3c073ecae2","customerId":"7138fb07-7c66-4f9a-a83a-a106e66bfde6"},"externalCustomerId":"user-42"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['moonpay-signature-v2'] = `t=${at(now)},s=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),s=(.+)$/.exec(request.headers['moonpay-signature-v2']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
