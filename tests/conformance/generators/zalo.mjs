// packages:
import { suite, same } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const digest = (request, secret) =>
  `mac=${createHash('sha256').update(`${request.json.app_id}${request.text}${request.json.timestamp}${secret}`).digest('hex')}`;

await suite({
  provider: 'zalo',
  by: 'none: documented scheme',
  config: { secrets: ['hA1b2C3d4E5f6G7h8I9j'] },
  bodies: [
    {
      name: 'valid',
      type: 'user_send_text',
      body: '{"app_id":"360846524940903967","sender":{"id":"246845883529197922"},"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},"event_name":"user_send_text","message":{"text":"hello","msg_id":"96d3cdf3af150460909"},"timestamp":"1767225600000"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-zevent-signature'] = digest(request, secret);
  },
  accepts(request, secret) {
    return same(request.headers['x-zevent-signature'], digest(request, secret));
  },
});
