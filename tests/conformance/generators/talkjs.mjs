// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`).toUpperCase();
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'talkjs',
  by: 'none: documented scheme',
  config: { secrets: ['sk_test_A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.sent',
      id: 'evt_AYWkjLE0e1vw',
      body: '{"createdAt":1767225600000,"data":{"sender":{"id":"user-1","name":"Alice"},"conversation":{"id":"conv-42","createdAt":1767225500000,"subject":null},"message":{"id":"msg_4Ztt","conversationId":"conv-42","senderId":"user-1","text":"Hello","type":"UserMessage","createdAt":1767225600000}},"id":"evt_AYWkjLE0e1vw","type":"message.sent"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-talkjs-timestamp'] = at(now);
    request.headers['x-talkjs-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-talkjs-timestamp': t, 'x-talkjs-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
