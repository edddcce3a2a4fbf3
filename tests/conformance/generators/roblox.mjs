// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`, 'base64');
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'roblox',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'RightToErasureRequest',
      id: '6c4f0b2e-9d1a-4c3b-8e7f-5a6b7c8d9e0f',
      body: '{"NotificationId":"6c4f0b2e-9d1a-4c3b-8e7f-5a6b7c8d9e0f","EventType":"RightToErasureRequest","EventTime":"2026-01-01T00:00:00.0000000Z","EventPayload":{"UserId":1234,"GameIds":[1234,2345]}}',
    },
    {
      name: 'valid-samplenotification',
      type: 'SampleNotification',
      id: '6c4f0b2e-9d1a-4c3b-8e7f-5a6b7c8d9e10',
      body: '{"NotificationId":"6c4f0b2e-9d1a-4c3b-8e7f-5a6b7c8d9e10","EventType":"SampleNotification","EventTime":"2026-01-01T00:00:05.0000000Z","EventPayload":{"UserId":1}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['roblox-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['roblox-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
