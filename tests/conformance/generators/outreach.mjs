// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'outreach',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'prospect.updated',
      body: '{"data":{"type":"prospect","id":42,"attributes":{"title":"VP","updatedAt":"2026-01-01T00:00:00.000Z"},"beforeUpdate":{"title":"Director"}},"meta":{"deliveredAt":"2026-01-01T00:00:00.000+00:00","eventName":"prospect.updated","jobId":"00000000-0000-0000-0000-000000000000"}}',
    },
  ],
  sign(request, secret) {
    request.headers['outreach-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['outreach-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
