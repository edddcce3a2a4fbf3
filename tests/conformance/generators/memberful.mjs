// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'memberful',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'member_signup',
      body: '{"event":"member_signup","member":{"id":0,"email":"john.doe@example.com","created_at":1767225600,"first_name":"John","last_name":"Doe","full_name":"John Doe","username":"john_doe","signup_method":"checkout","unrestricted_access":false,"address":{"city":"City","country":"US"}}}',
    },
    {
      name: 'valid-subscription-created',
      type: 'subscription.created',
      body: '{"event":"subscription.created","subscription":{"id":0,"active":true,"autorenew":true,"created_at":"2026-01-01T00:00:00Z","member":{"id":0,"email":"john.doe@example.com"},"subscription_plan":{"id":0,"name":"Sample plan"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-memberful-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-memberful-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
