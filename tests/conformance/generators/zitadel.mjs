// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'zitadel',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.human.added',
      id: '336494809936035843.1',
      body: '{"aggregateID":"336494809936035843","aggregateType":"user","resourceOwner":"336392597046034435","instanceID":"336392597046099971","version":"v2","sequence":1,"event_type":"user.human.added","created_at":"2026-01-01T00:00:00.000000Z","userID":"336392597046165507","event_payload":{"userName":"jon","firstName":"Jon","lastName":"Doe","email":"jon@example.com"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['zitadel-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['zitadel-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
