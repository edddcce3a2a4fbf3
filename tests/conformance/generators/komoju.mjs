// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'komoju',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.captured',
      id: '3twqtp0i0f3u3y3y3y3y3y3y3',
      headers: { 'user-agent': 'Komoju-Webhook', 'x-komoju-event': 'payment.captured', 'x-komoju-id': '3twqtp0i0f3u3y3y3y3y3y3y3' },
      body: '{"id":"3twqtp0i0f3u3y3y3y3y3y3y3","type":"payment.captured","resource":"event","data":{"id":"7e8c55a54256ce23e387f2838c","resource":"payment","status":"captured","amount":1000,"tax":0,"total":1000,"currency":"JPY","external_order_num":"42","payment_details":{"type":"konbini","store":"lawson"}},"created_at":"2026-01-01T00:00:00Z","reason":null}',
    },
  ],
  sign(request, secret) {
    request.headers['x-komoju-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-komoju-signature'], hmac('sha256', secret, request.text));
  },
});
