// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tawk-to',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'chat:start',
      id: '29fac6f3-3fbb-4b5e-9c1b-0c9a7e10b5f1',
      headers: { 'x-hook-event-id': '29fac6f3-3fbb-4b5e-9c1b-0c9a7e10b5f1' },
      body: '{"event":"chat:start","chatId":"70fe3290-99ad-11e9-a30a-51567162179f","time":"2026-01-01T00:00:00.000Z","message":{"text":"Hello","type":"msg","sender":{"type":"visitor"}},"visitor":{"name":"V1767225600","city":"Berlin","country":"DE"},"property":{"id":"58ca8453b8a7e060cd3b1ecb","name":"Acme"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-tawk-signature'] = hmac('sha1', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-tawk-signature'], hmac('sha1', secret, request.text));
  },
});
