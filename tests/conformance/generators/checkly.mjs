// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'checkly',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ALERT_FAILURE',
      body: '{"event":"Shop login has failed","alert_type":"ALERT_FAILURE","check_name":"Shop login","group_name":"Shop","check_id":"b68422ae-6528-45a5-85a6-fcbf01fa2c11","check_type":"BROWSER","check_result_id":"cb2c4ec8-1b2e-4a55-8a11-0b4bb5cc5d11","response_time":1715,"run_location":"Frankfurt","started_at":"2026-01-01T00:00:00.000Z"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-checkly-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-checkly-signature'], hmac('sha256', secret, request.text));
  },
});
