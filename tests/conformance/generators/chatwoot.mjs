// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'chatwoot',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'message_created',
      id: '7f0c1d9e-9a11-4d4b-8bd0-1c7fd13f3b21',
      headers: { 'x-chatwoot-delivery': '7f0c1d9e-9a11-4d4b-8bd0-1c7fd13f3b21' },
      body: '{"event":"message_created","id":"1","content":"Hi","created_at":"2026-01-01T00:00:00.000Z","message_type":"incoming","content_type":"text","private":false,"sender":{"id":"1","name":"Jon","type":"contact"},"inbox":{"id":"1","name":"Website"},"conversation":{"id":7,"status":"open"},"account":{"id":"1","name":"Acme"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-chatwoot-timestamp'] = at(now);
    request.headers['x-chatwoot-signature'] = `sha256=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const { 'x-chatwoot-timestamp': t, 'x-chatwoot-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, `sha256=${mac(request, secret, t)}`);
  },
  timestamped: { tolerance_s: 300 },
});
