// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', Buffer.from(secret, 'base64'), `${t}.${request.text}`, 'base64');
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'daily',
  by: 'none: documented scheme',
  config: { secrets: ['NQrSA5z0FkJ44QPrFerW7uCc5kdNLv3l2FDEKDanL1U='] },
  bodies: [
    {
      name: 'valid',
      type: 'participant.joined',
      id: 'ptcpt-join-6497c79b-f326-4942-aef8-c36a29140ad1-1767225600000',
      body: '{"version":"1.1.0","type":"participant.joined","id":"ptcpt-join-6497c79b-f326-4942-aef8-c36a29140ad1-1767225600000","payload":{"room":"test-room","user_id":"6497c79b-f326-4942-aef8-c36a29140ad1","user_name":"testuser","session_id":"0c0d2dda-f21d-4cf9-ab56-86bf3c407ffa","joined_at":1767225600.0,"owner":false},"event_ts":1767225600.123}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-webhook-timestamp'] = at(now);
    request.headers['x-webhook-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-webhook-timestamp': t, 'x-webhook-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
