// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'exa',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'webset.created',
      id: 'event_01k2m3n4p5q6r7s8t9v0w1x2y3',
      body: '{"id":"event_01k2m3n4p5q6r7s8t9v0w1x2y3","object":"event","type":"webset.created","data":{"id":"webset_01k2m3n4p5q6r7s8t9v0w1x2y4","object":"webset","status":"running","externalId":"order-42"},"createdAt":"2026-01-01T00:00:00.000Z"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['exa-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['exa-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
