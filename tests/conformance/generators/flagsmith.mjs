// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'flagsmith',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'FLAG_UPDATED',
      body: '{"data":{"changed_by":"jon@example.com","new_state":{"enabled":true,"environment":{"id":23,"name":"Development"},"feature":{"id":5,"name":"font_size","type":"CONFIG","project":{"id":1,"name":"Acme"}},"feature_state_value":"12"},"previous_state":{"enabled":false},"timestamp":"2026-01-01T00:00:00.000000Z"},"event_type":"FLAG_UPDATED"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-flagsmith-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-flagsmith-signature'], hmac('sha256', secret, request.text));
  },
});
