// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tito',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ticket.completed',
      headers: { 'x-webhook-name': 'ticket.completed', 'x-webhook-endpoint-id': 'wh_1' },
      body: '{"_type":"ticket","id":1,"slug":"ti_abc123","text":"Jon Doe","name":"Jon Doe","email":"jon@example.com","reference":"T1CK-1","state_name":"complete","release_title":"Early bird","created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:00.000Z","event":{"_type":"event","slug":"acme-conf"}}',
    },
  ],
  sign(request, secret) {
    request.headers['tito-signature'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['tito-signature'], hmac('sha256', secret, request.text, 'base64'));
  },
});
