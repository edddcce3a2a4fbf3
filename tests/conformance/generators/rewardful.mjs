// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'rewardful',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'affiliate.created',
      id: 'd13f3b21-6f0d-4d4b-8bd0-1c7f1d0e9a11',
      body: '{"object":{"id":"5f0e1d2c-3b4a-4958-8776-655443322110","first_name":"Jane","email":"jane@example.com","state":"active","visitors":0,"leads":0,"conversions":0},"event":{"id":"d13f3b21-6f0d-4d4b-8bd0-1c7f1d0e9a11","type":"affiliate.created","created_at":"2026-01-01T00:00:00.000Z","api_version":"v1"},"request":{"id":"2c1b0a9f"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-rewardful-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-rewardful-signature'], hmac('sha256', secret, request.text));
  },
});
