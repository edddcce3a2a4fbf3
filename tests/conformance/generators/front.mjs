// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const content = (request, time) => Buffer.concat([Buffer.from(`${time}:`), request.body]);
const sync = '{"type":"sync","authorization":{"id":"cmp_mmb"}}';
const challenge = { 'content-type': 'application/json', 'x-front-challenge': '2d1c8a4e7f0b4c3d9e6a5b8f7c1d2e3f' };

await suite({
  provider: 'front',
  by: 'none: documented scheme, HMAC of time and body',
  config: { secrets: ['e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'] },
  bodies: [
    {
      name: 'valid',
      type: 'inbound_received',
      id: 'evt_3a6b4c2d',
      body: '{"type":"inbound_received","authorization":{"id":"cmp_mmb"},"payload":{"_links":{"self":"https://example.api.frontapp.com/events/evt_3a6b4c2d"},"id":"evt_3a6b4c2d","type":"inbound","emitted_at":1767225600.123,"conversation":{"id":"cnv_yo1kg5q","subject":"How to prank with pudding?","status":"unassigned"},"source":{"_meta":{"type":"inboxes"},"data":[{"id":"inb_jkl3q","name":"Support"}]},"target":{"_meta":{"type":"message"},"data":{"id":"msg_2y67qy2","type":"email","is_inbound":true}}}}',
    },
    {
      name: 'valid-assignee-changed',
      type: 'assignee_changed',
      id: 'evt_3a6b4c2e',
      body: '{"type":"assignee_changed","authorization":{"id":"cmp_mmb"},"payload":{"_links":{"self":"https://example.api.frontapp.com/events/evt_3a6b4c2e"},"id":"evt_3a6b4c2e","type":"assign","emitted_at":1767225605,"conversation":{"id":"cnv_yo1kg5q","subject":"How to prank with pudding?","status":"assigned"},"target":{"_meta":{"type":"teammate"},"data":{"id":"tea_64ue9","email":"leela@example.com"}}}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['x-front-request-timestamp'] = String(now * 1000);
    request.headers['x-front-signature'] = hmac('sha256', secret, content(request, now * 1000), 'base64');
  },
  accepts(request, secret, now) {
    const time = request.headers['x-front-request-timestamp'];
    return Math.abs(now * 1000 - Number(time)) <= 300_000 && same(request.headers['x-front-signature'], hmac('sha256', secret, content(request, time), 'base64'));
  },
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'challenge', expect: 'handshake', expect_status: 200, expect_reply: challenge['x-front-challenge'], sign: true, headers: challenge, body: sync },
    { case: 'challenge-unsigned', expect: 'reject', headers: challenge, body: sync },
    { case: 'challenge-odd', expect: 'reject', headers: { ...challenge, 'x-front-challenge': '<b>x</b>' }, body: sync },
  ],
});
