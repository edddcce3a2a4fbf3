// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, type, more) => ({ name, type, body: JSON.stringify({ hookId: 'sxyz1a2b3c4d5e6f7g8h9', event: type, createdAt: '2026-01-01T00:00:00.000Z', userAgent: 'Mozilla/5.0', ...more }) });

await suite({
  provider: 'logto',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['eDvOlqmXFu2mNzYdRtGk7w5sBcJhPa91'] },
  bodies: [
    event('valid', 'User.Created', { path: '/users', method: 'POST', status: 200, data: { id: '0r3mk2qhx9pt', username: 'jane', primaryEmail: 'jane@example.com' } }),
    event('valid-sign-in', 'PostSignIn', { interactionEvent: 'SignIn', userIp: '192.0.2.10', userId: '0r3mk2qhx9pt', user: { id: '0r3mk2qhx9pt', name: 'Zoë' } }),
  ],
  sign(request, secret) {
    request.headers['logto-signature-sha-256'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['logto-signature-sha-256'], hmac('sha256', secret, request.body)),
});
