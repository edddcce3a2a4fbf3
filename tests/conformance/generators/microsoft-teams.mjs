// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const message = (name, id, text) => ({
  name, type: 'message', id,
  body: JSON.stringify({ type: 'message', id, timestamp: '2026-01-01T00:00:00.000Z', channelId: 'msteams', from: { name: 'Jane Smith' }, conversation: { id: '19:253b1f341670408fb6fe51050b6e5ceb@thread.skype' }, text }),
});
const signed = (request, secret) => `HMAC ${hmac('sha256', Buffer.from(secret, 'base64'), request.body, 'base64')}`;

await suite({
  provider: 'microsoft-teams',
  by: 'none: documented scheme, HMAC-SHA256 of the body in base64, with the token decoded from base64 as the key',
  config: { secrets: ['3kQ8vN5tRwYz1aB7cD9eF2gH4iJ6kL0mN8pQ5rS3tU0='], override: { accepted: { json: { type: 'message', text: 'Received.' } } } },
  bodies: [message('valid', '1767225600000', '<at>Hook</at> hello'), message('valid-second', '1767225600001', '<at>Hook</at> größe')],
  sign(request, secret) {
    request.headers.authorization = signed(request, secret);
  },
  accepts: (request, secret) => same(request.headers.authorization, signed(request, secret)),
  forge: {
    'without-scheme': (request) => void (request.headers.authorization = request.headers.authorization.slice(5)),
  },
});
