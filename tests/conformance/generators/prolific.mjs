// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}${request.text}`, 'base64');
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'prolific',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'submission.status.change',
      id: '0c9a7e10-5f1c-4e8a-8b1d-4b0e9b550d6a',
      headers: { 'x-event-id': '0c9a7e10-5f1c-4e8a-8b1d-4b0e9b550d6a' },
      body: '{"event_type":"submission.status.change","participant_id":"60fb2f1ad9b7d7c3d9ac5a11","resource_id":"60fb2f1ad9b7d7c3d9ac5a12","status":"AWAITING REVIEW","study_id":"60fb2f1ad9b7d7c3d9ac5a13"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-prolific-request-timestamp'] = at(now);
    request.headers['x-prolific-request-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-prolific-request-timestamp': t, 'x-prolific-request-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
