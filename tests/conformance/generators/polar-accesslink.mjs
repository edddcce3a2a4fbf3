// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'polar-accesslink',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'EXERCISE',
      headers: { 'polar-webhook-event': 'EXERCISE' },
      body: '{"event":"EXERCISE","user_id":475,"entity_id":"aQlC83","timestamp":"2026-01-01T00:00:00Z","url":"https://www.polaraccesslink.com/v3/exercises/aQlC83"}',
    },
  ],
  sign(request, secret) {
    request.headers['polar-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['polar-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
