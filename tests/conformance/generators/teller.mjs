// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'teller',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'enrollment.disconnected',
      id: 'wh_oiffb8cocjlts0h8jo000',
      body: '{"id":"wh_oiffb8cocjlts0h8jo000","payload":{"enrollment_id":"enr_oiin624rqaojse22oe000","reason":"disconnected.credentials_invalid"},"timestamp":"2026-01-01T00:00:00Z","type":"enrollment.disconnected"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['teller-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['teller-signature']);
    return age(t, now) <= 180 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 180 },
});
