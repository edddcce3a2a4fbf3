// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'buttondown',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'subscriber.created',
      body: '{"event_type":"subscriber.created","data":{"subscriber":"ac79483b-cd28-49c1-982e-8a88e846d7e7","metadata":{"source":"form"}}}',
    },
    {
      name: 'valid-email-sent',
      type: 'email.sent',
      body: '{"event_type":"email.sent","data":{"email":"ac79483b-cd28-49c1-982e-8a88e846d7e8"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-buttondown-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-buttondown-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
