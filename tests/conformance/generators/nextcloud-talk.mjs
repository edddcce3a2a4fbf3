// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';

await suite({
  provider: 'nextcloud-talk',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8S9t0'] },
  bodies: [
    {
      name: 'valid',
      type: 'Create.message',
      headers: { 'x-nextcloud-talk-random': '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'x-nextcloud-talk-backend': 'https://cloud.example.com/' },
      body: '{"type":"Create","actor":{"type":"Person","id":"users/ada-lovelace","name":"Ada Lovelace"},"object":{"type":"Note","id":"1567","name":"message","content":"{\\"message\\":\\"hi {mention-call1}!\\",\\"parameters\\":{}}","mediaType":"text/markdown"},"target":{"type":"Collection","id":"n3xtc10ud","name":"world"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-nextcloud-talk-signature'] = hmac('sha256', secret, `${request.headers['x-nextcloud-talk-random']}${request.text}`);
  },
  accepts(request, secret) {
    return same(request.headers['x-nextcloud-talk-signature'], hmac('sha256', secret, `${request.headers['x-nextcloud-talk-random']}${request.text}`));
  },
  forge: {
    'another-random': (request) => put(request, 'x-nextcloud-talk-random', '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a09'),
  },
});
