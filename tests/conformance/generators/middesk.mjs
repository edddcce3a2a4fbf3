// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'middesk',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'business.updated',
      id: 'b5b7d1b5-5f1c-4a2e-8b1d-4b0e9b550d6a',
      body: '{"object":"event","id":"b5b7d1b5-5f1c-4a2e-8b1d-4b0e9b550d6a","type":"business.updated","account_id":"d9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69","data":{"object":{"object":"business","id":"2c9d1e0f-3a4b-4c5d-8e6f-7a8b9c0d1e2f","external_id":"42","name":"Acme","status":"in_review"}},"created_at":"2026-01-01T00:00:00.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-middesk-signature-256'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-middesk-signature-256'], hmac('sha256', secret, request.text));
  },
});
