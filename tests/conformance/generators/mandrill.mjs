// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (kind, id) => ({ event: kind, _id: id, ts: 1767225600, msg: { ts: 1767225600, subject: 'Grüße', email: 'jane@example.com', state: 'sent', _id: id } });
const form = (...events) => `mandrill_events=${encodeURIComponent(JSON.stringify(events)).replaceAll('%20', '+')}`;
const content = ({ url, text }) => url + [...new URLSearchParams(text)].sort(([a], [b]) => (a < b ? -1 : 1)).flat().join('');

await suite({
  provider: 'mandrill',
  by: 'none: documented scheme, HMAC-SHA1 of the URL and the sorted fields in base64',
  config: { secrets: ['5zHOkm8TN0lhWZfnsLpOoQ'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'send', body: form(event('send', 'exampleaaaaaaaaaaaaaaaaaaaaaaaaa')) },
    { name: 'valid-two', type: 'open', body: form(event('open', 'a1'), event('click', 'a1')) },
    { name: 'valid-sync', type: 'blacklist.add', body: form({ type: 'blacklist', action: 'add', ts: 1767225600, reject: { reason: 'hard-bounce', email: 'joe@example.com' } }) },
    { name: 'valid-no-events', body: form() },
  ],
  sign(request, secret) {
    request.headers['x-mandrill-signature'] = hmac('sha1', secret, content(request), 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-mandrill-signature'], hmac('sha1', secret, content(request), 'base64')),
  covers: ['body', 'url'],
  oddBodies: 'form',
  longBody: 1000,
  // A newline at the end is part of the last value.
  extra: [{ case: 'head', expect: 'handshake', method: 'HEAD', headers: {}, expect_status: 200, expect_reply: '' }],
});
