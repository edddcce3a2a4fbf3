// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'emailit',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'email.delivered',
      id: 'evt_4x8kq2m1n7p3',
      body: '{"event_id":"evt_4x8kq2m1n7p3","type":"email.delivered","created_at":"2026-01-01T00:00:00.000Z","data":{"object":{"id":"em_4x8kq2m1n7p4","from":"hello@example.com","to":"jon@example.com","subject":"Welcome","status":"delivered"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-emailit-timestamp'] = at(now);
    request.headers['x-emailit-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-emailit-timestamp': t, 'x-emailit-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
