// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'bland',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'call.completed',
      body: '{"call_id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","c_id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","to":"+15551234567","from":"+15557654321","call_length":0.75,"status":"completed","completed":true,"answered_by":"human","concatenated_transcript":"assistant: Hello","end_at":"2026-01-01T00:01:00.000Z","summary":"Greeting"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
