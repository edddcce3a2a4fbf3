// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'coinflow',
  by: 'none: documented scheme, HMAC-SHA256 of time and body',
  config: { secrets: ['wvk_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4'] },
  bodies: [
    {
      name: 'valid',
      type: 'Settled',
      body: '{"eventType":"Settled","category":"Purchase","created":"2026-01-01T00:00:00.000Z","data":{"id":"5f0b2c1e-8a1d-4c3e-9b7f-2d6a4e8c0b15","signature":"3xVbQYd8pWkq2f1oZcR7","webhookInfo":{"orderId":"order-42"},"subtotal":{"cents":1000,"currency":"USD"},"fees":{"cents":30,"currency":"USD"},"gasFees":{"cents":1},"total":{"cents":1031,"currency":"USD"},"merchantId":"acme","customerId":"user-42"}}',
    },
    {
      name: 'valid-card-payment-authorized',
      type: 'Card Payment Authorized',
      id: '5d910e0edb9339c377cea84aade64df3268ea1d39c8c59685225ec4f4150fa35',
      body: '{"eventType":"Card Payment Authorized","category":"Purchase","created":"2026-01-01T00:00:00.000Z","data":{"id":"5f0b2c1e-8a1d-4c3e-9b7f-2d6a4e8c0b16","webhookInfo":{"orderId":"order-43"},"total":{"cents":2500,"currency":"USD"},"merchantId":"acme","customerId":"user-42"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['coinflow-signature'] = `t=${now},v1=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  accepts(request, secret, now) {
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request.headers['coinflow-signature'] ?? '');
    return Math.abs(time - now) <= 300 && same(signature, hmac('sha256', secret, `${time}.${request.text}`));
  },
  timestamped: { tolerance_s: 300 },
});
