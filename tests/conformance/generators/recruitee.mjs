// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'recruitee',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'candidate_moved.stage_changed',
      id: '30104',
      body: '{"id":30104,"attempt_count":1,"created_at":"2026-01-01T00:00:00.000000Z","level":"company","event_type":"candidate_moved","event_subtype":"stage_changed","payload":{"candidate":{"id":1245,"name":"Jane Doe","emails":["jane@example.com"]},"company":{"id":1,"name":"Acme"},"details":{"from_stage":{"name":"Applied"},"to_stage":{"name":"Phone screen"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-recruitee-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-recruitee-signature'], hmac('sha256', secret, request.text));
  },
});
