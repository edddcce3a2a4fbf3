// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'plane',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'issue.created',
      id: '38c5bd8a-8c1e-4a0c-8d55-a2c1bb0f1c11',
      headers: { 'x-plane-delivery': '38c5bd8a-8c1e-4a0c-8d55-a2c1bb0f1c11', 'x-plane-event': 'issue' },
      body: '{"event":"issue","action":"created","webhook_id":"f1a2ebda-7b0f-4a7c-98e8-1d5f0d7e5a11","workspace_id":"3a5c8f72-e6d9-4b1a-9f2e-8c7d6a5b4e3f","data":{"id":"f1a2ebda-7b0f-4a7c-98e8-1d5f0d7e5a12","name":"Fix login","priority":"high","sequence_id":42,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z"},"activity":{"field":null,"actor":{"id":"16c61a3a","display_name":"jon"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-plane-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-plane-signature'], hmac('sha256', secret, request.text));
  },
});
