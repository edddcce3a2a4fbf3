// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'appwrite',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'user-changed',
      headers: { 'x-appwrite-webhook-id': '6956f0b2a8f6cd1d0e1d', 'x-appwrite-webhook-events': 'users.6956f0b2a8f6cd1d0e1c.create,users.*.create,users.6956f0b2a8f6cd1d0e1c,users.*', 'x-appwrite-webhook-name': 'user-changed', 'x-appwrite-webhook-project-id': '6956f0b2a8f6cd1d0e1e' },
      body: '{"$id":"6956f0b2a8f6cd1d0e1c","$createdAt":"2026-01-01T00:00:00.000+00:00","$updatedAt":"2026-01-01T00:00:00.000+00:00","name":"Jon","registration":"2026-01-01T00:00:00.000+00:00","status":true,"labels":[],"email":"jon@example.com","emailVerification":false,"prefs":{}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-appwrite-webhook-signature'] = hmac('sha1', secret, `${request.url}${request.text}`, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-appwrite-webhook-signature'], hmac('sha1', secret, `${request.url}${request.text}`, 'base64'));
  },
  covers: ['body', 'url'],
});
