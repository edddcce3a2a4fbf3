// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'deel',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'contract.created',
      body: '{"data":{"meta":{"event_type":"contract.created","event_type_id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","organization_id":"d9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69","organization_name":"Acme","tracking_id":"b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c"},"resource":{"id":"37nex2x","title":"Engineer","type":"ongoing_time_based","status":"draft","created_at":"2026-01-01T00:00:00.000Z"}},"timestamp":"2026-01-01T00:00:01.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-deel-signature'] = hmac('sha256', secret, `POST${request.text}`);
  },
  accepts(request, secret) {
    return same(request.headers['x-deel-signature'], hmac('sha256', secret, `POST${request.text}`));
  },
});
