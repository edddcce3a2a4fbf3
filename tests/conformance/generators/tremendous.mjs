// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tremendous',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'REWARDS.DELIVERY.SUCCEEDED',
      id: '4ab3a4ae-6a2f-4b54-b6f8-8b6e0e7e6f11',
      body: '{"event":"REWARDS.DELIVERY.SUCCEEDED","uuid":"4ab3a4ae-6a2f-4b54-b6f8-8b6e0e7e6f11","created_utc":"2026-01-01T00:00:00.000Z","payload":{"resource":{"id":"RSAF1234","type":"rewards"},"meta":{}}}',
    },
  ],
  sign(request, secret) {
    request.headers['tremendous-webhook-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['tremendous-webhook-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
