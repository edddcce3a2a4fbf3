// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sellix',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order:paid',
      headers: { 'x-sellix-event': 'order:paid', 'x-sellix-webhook': '1' },
      body: '{"event":"order:paid","data":{"id":1,"uniqid":"d8e9d4e9-8bf0-4c","type":"PRODUCT","total":10,"currency":"USD","customer_email":"jon@example.com","gateway":"STRIPE","status":"COMPLETED","created_at":1767225500,"updated_at":1767225600}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-sellix-unescaped-signature'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-sellix-unescaped-signature'], hmac('sha512', secret, request.text));
  },
});
