// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.text}${t}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'bamboohr',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'employee.updated',
      body: '{"employees":[{"id":"1234","action":"Updated","timestamp":"2026-01-01T00:00:00+00:00","changedFields":["jobTitle"],"fields":{"jobTitle":{"value":"Manager"},"firstName":{"value":"Jane"},"lastName":{"value":"Doe"}}}]}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-bamboohr-timestamp'] = at(now);
    request.headers['x-bamboohr-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-bamboohr-timestamp': t, 'x-bamboohr-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
