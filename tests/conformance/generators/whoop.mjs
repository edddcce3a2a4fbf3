// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}${request.text}`, 'base64');
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'whoop',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'workout.updated',
      id: 'e369c784-5100-49e8-8098-75d35c47b31b',
      body: '{"user_id":456,"id":"550e8400-e29b-41d4-a716-446655440000","type":"workout.updated","trace_id":"e369c784-5100-49e8-8098-75d35c47b31b"}',
    },
    {
      name: 'valid-recovery-deleted',
      type: 'recovery.deleted',
      id: 'e369c784-5100-49e8-8098-75d35c47b31c',
      body: '{"user_id":456,"id":"550e8400-e29b-41d4-a716-446655440001","type":"recovery.deleted","trace_id":"e369c784-5100-49e8-8098-75d35c47b31c"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-whoop-signature-timestamp'] = at(now);
    request.headers['x-whoop-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-whoop-signature-timestamp': t, 'x-whoop-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
