// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'argyle',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'accounts.connected',
      body: '{"event":"accounts.connected","name":"production","data":{"account":"0187c66e-e7e5-811c-b006-2232f00f426a","user":"0187c66e-e7e4-8b9c-b8b5-3d2a1f0e9d8c","resource":{"id":"0187c66e-e7e5-811c-b006-2232f00f426a","employers":["Acme"],"connection":{"status":"connected","updated_at":"2026-01-01T00:00:00Z"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-argyle-signature'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-argyle-signature'], hmac('sha512', secret, request.text));
  },
});
