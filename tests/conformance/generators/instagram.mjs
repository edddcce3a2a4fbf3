// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const account = '17841405822304914';
const message = (mid, more) => ({ time: 1767225600123, id: account, messaging: [{ sender: { id: '1529662454387253' }, recipient: { id: account }, timestamp: 1767225600000, message: { mid, ...more } }] });
const body = (...entry) => JSON.stringify({ object: 'instagram', entry });
const comment = { id: account, time: 1767225600, changes: [{ field: 'comments', value: { from: { id: '232323232', username: 'jane' }, media: { id: '123123123' }, id: '17865799348089039', text: 'Schön' } }] };
const mid = 'aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlE';
const url = (verify, challenge) => `https://hooks.example.com/in/instagram?hub.mode=subscribe&hub.verify_token=${verify}&hub.challenge=${challenge}`;
const subscribe = (name, expect, verify, challenge, more) => ({ case: name, expect, method: 'GET', url: url(verify, challenge), headers: {}, ...more });

await suite({
  provider: 'instagram',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex after sha256=',
  config: { secrets: ['7d1c0a5e9b3f4c2d8e6a1b0f9c8d7e6f'], verify_token: 'vt-3f9c1a7e5b2d' },
  bodies: [
    { name: 'valid', type: 'messages', id: mid, body: body(message(mid, { text: 'Hello' })) },
    { name: 'valid-deleted', type: 'messages', id: `${mid}:deleted`, body: body(message(mid, { is_deleted: true })) },
    { name: 'valid-comment', type: 'comments', body: body(comment) },
    { name: 'valid-two-entries', type: 'messages', id: mid, body: body(message(mid, { text: 'Hello' }), comment) },
    { name: 'valid-seen', type: 'messaging_seen', body: body({ time: 1767225600123, id: account, messaging: [{ sender: { id: '1' }, recipient: { id: account }, timestamp: 1767225600000, read: { mid } }] }) },
  ],
  sign(request, secret) {
    request.headers['x-hub-signature-256'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-hub-signature-256'], `sha256=${hmac('sha256', secret, request.body)}`),
  forge: {
    'sha1-only': (request) => {
      request.headers['x-hub-signature'] = `sha1=${hmac('sha1', '7d1c0a5e9b3f4c2d8e6a1b0f9c8d7e6f', request.body)}`;
      delete request.headers['x-hub-signature-256'];
    },
  },
  extra: [
    subscribe('subscribe', 'handshake', 'vt-3f9c1a7e5b2d', '1158201444', { expect_status: 200, expect_reply: '1158201444' }),
    subscribe('subscribe-wrong-token', 'reject', 'another', '1158201444'),
    subscribe('subscribe-markup', 'reject', 'vt-3f9c1a7e5b2d', '%3Cscript%3E'),
  ],
});
