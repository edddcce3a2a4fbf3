// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'WPL_AP1.7hTq2vXf4b9kLzRt.YwNcPg==';
const notification = (id, action) => ({ organizationalEntity: 'urn:li:organization:2414183', action, notificationId: id, lastModifiedAt: 1767225600000, sourcePost: 'urn:li:share:6815394578211819520' });
const body = (...notifications) => JSON.stringify({ type: 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS', notifications });
const type = 'ORGANIZATION_SOCIAL_ACTION_NOTIFICATIONS';
const signed = (request, key) => hmac('sha256', key, Buffer.concat([Buffer.from('hmacsha256='), request.body]));
const challenge = 'f4a1b2c3-5d6e-4f70-8192-a3b4c5d6e7f8';
const ask = (code) => ({ method: 'GET', url: `https://hooks.example.com/in/linkedin?challengeCode=${encodeURIComponent(code)}`, headers: {} });

await suite({
  provider: 'linkedin',
  by: 'none: documented scheme, HMAC-SHA256 of hmacsha256= and the body in hex',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type, id: '89012345', body: body(notification(89012345, 'COMMENT')) },
    { name: 'valid-two', type, id: '89012346', body: body(notification(89012346, 'LIKE'), notification(89012347, 'SHARE')) },
  ],
  sign(request, key) {
    request.headers['x-li-signature'] = signed(request, key);
  },
  accepts: (request, key) => same(request.headers['x-li-signature'], signed(request, key)),
  forge: {
    'signed-without-prefix': (request) => void (request.headers['x-li-signature'] = hmac('sha256', secret, request.body)),
  },
  extra: [
    { case: 'challenge', expect: 'handshake', ...ask(challenge), expect_status: 200, expect_reply: JSON.stringify({ challengeCode: challenge, challengeResponse: hmac('sha256', secret, challenge) }) },
    { case: 'challenge-of-a-signed-body', expect: 'reject', ...ask('hmacsha256={}') },
    { case: 'challenge-that-begins-like-one', expect: 'reject', ...ask('hmacsha256=a') },
    { case: 'challenge-of-markup', expect: 'reject', ...ask('<script>') },
  ],
});
