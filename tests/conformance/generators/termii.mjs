// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'termii',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'outbound.DELIVERED',
      body: '{"type":"outbound","id":"23493290343","message_id":"ORB1234567","receiver":"2348000000000","sender":"Acme","message":"Your code","sent_at":"2026-01-01 00:00:00","cost":"2.0","status":"DELIVERED","channel":"generic"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-termii-signature'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-termii-signature'], hmac('sha512', secret, request.text));
  },
});
