// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'buymeacoffee',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'donation.created',
      id: '42',
      body: '{"type":"donation.created","live_mode":true,"attempt":1,"created":1767225600,"event_id":42,"data":{"id":58,"amount":5,"object":"payment","status":"succeeded","message":"Thanks","currency":"USD","refunded":"false","created_at":1767225600,"note_hidden":"true","support_note":"Thanks","support_type":"Supporter","supporter_name":"Jon","supporter_email":"jon@example.com","coffee_count":1}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-signature-sha256'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-signature-sha256'], hmac('sha256', secret, request.text));
  },
});
