// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`, 'base64');
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'knock',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.sent',
      id: '2DXwl1p8qCFxR7Q3j5y1Zc1Pq2J',
      body: '{"id":"2DXwl1p8qCFxR7Q3j5y1Zc1Pq2J","__typename":"WebhookEvent","type":"message.sent","created_at":"2026-01-01T00:00:00.000Z","data":{"id":"1rjI9XBUNv1HNJGuTt6rZzOuVwA","__typename":"Message","channel_id":"8209f26c-62a5-461d-95e2-a5716a26e652","recipient":"user-42","status":"sent","workflow":"new-comment"},"event_data":null}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-knock-signature'] = `t=${at(now)},s=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),s=(.+)$/.exec(request.headers['x-knock-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
