// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'taiga',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'userstory.create',
      body: '{"type":"userstory","date":"2026-01-01T00:00:00.000Z","action":"create","by":{"id":6,"permalink":"https://tree.taiga.io/profile/user1","username":"user1","full_name":"Jon"},"data":{"id":139,"ref":5,"subject":"A story","project":{"id":3,"name":"Project"},"is_closed":false,"status":{"id":14,"name":"New"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-taiga-webhook-signature'] = hmac('sha1', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-taiga-webhook-signature'], hmac('sha1', secret, request.text));
  },
});
