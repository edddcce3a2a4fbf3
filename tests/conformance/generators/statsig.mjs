// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `v0:${t}:${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'statsig',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'statsig::config_change.updated',
      body: '{"data":[{"user":{"name":"Jane","email":"jane@example.com"},"timestamp":1767225600000,"eventName":"statsig::config_change","metadata":{"projectName":"Acme","projectID":"abc123","type":"Gate","name":"new_checkout","description":"- Updated the rules","environments":"production","action":"updated"}}]}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-statsig-request-timestamp'] = at(now);
    request.headers['x-statsig-signature'] = `v0=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const { 'x-statsig-request-timestamp': t, 'x-statsig-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, `v0=${mac(request, secret, t)}`);
  },
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'url-verification', expect: 'handshake', body: '{"data":{"event":"url_verification","verification_code":"3a5c8f72e6d9"}}', expect_status: 200, expect_reply: '{"verification_code":"3a5c8f72e6d9"}' },
  ],
});
