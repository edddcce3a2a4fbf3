// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'kombo',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'sync-finished',
      id: '5gZxQ3rPqWcVb8YfN1w2E3r4',
      body: '{"id":"5gZxQ3rPqWcVb8YfN1w2E3r4","type":"sync-finished","data":{"sync_id":"9gZxQ3rPqWcVb8YfN1w2E3r5","sync_state":"SUCCEEDED","sync_started_at":"2025-12-31T23:55:00.000Z","sync_ended_at":"2026-01-01T00:00:00.000Z","integration_id":"personio:8d1hpPsbjxUkoCoa1veLZGe5","integration_tool":"personio"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-kombo-signature'] = hmac('sha256', secret, request.text, 'base64url');
  },
  accepts(request, secret) {
    return same(request.headers['x-kombo-signature'], hmac('sha256', secret, request.text, 'base64url'));
  },
});
