// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'wistia',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'viewing_session.play',
      id: '1f3a1d0e-c8b0-4f3d-9a55-0d6a2c9a7e10',
      body: '{"hook":{"uuid":"8ef29a0b-7a2e-4a0a-a2a6-7e2c9dd2f111"},"events":[{"uuid":"1f3a1d0e-c8b0-4f3d-9a55-0d6a2c9a7e10","type":"viewing_session.play","payload":{"visitor":{"id":"v20150227_abc"},"viewing_session":{"id":"5ab"},"media":{"id":"a1b2c3d4e5","name":"Intro","duration":42.0,"url":"https://acme.wistia.com/medias/a1b2c3d4e5"}},"metadata":{"account_id":"acc1"},"generated_at":"2026-01-01T00:00:00Z"}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-wistia-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-wistia-signature'], hmac('sha256', secret, request.text));
  },
});
