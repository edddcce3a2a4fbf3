// packages: whatsapp@0.0.5-Alpha
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { suite, hmac, same } from '../lib/cases.mjs';

// Not among what the package exports.
const require = createRequire(import.meta.url);
const { generateXHub256Sig } = require(join(dirname(require.resolve('whatsapp/package.json')), 'build/utils.js'));

const secret = 'b4d0f7a1c2e35968d7f0a1b2c3d4e5f6';
const json = { 'content-type': 'application/json' };
const change = (text) => ({
  value: {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '16505553333', phone_number_id: '27681414235104944' },
    messages: [{ from: '16315551234', id: 'wamid.ABGGFlCGg0cvAgo-sJQh43L5Pe4W', timestamp: '1767225600', text: { body: text }, type: 'text' }],
  },
  field: 'messages',
});
const business = (...changes) => JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '8856996819413533', changes }] });
const page = (...entries) => JSON.stringify({ object: 'page', entry: entries.map((changes) => ({ id: '110774245616525', time: 1767225600, changes })) });
const comment = { value: { from: { id: '10213712517286131', name: 'Jon' }, item: 'comment', verb: 'add', comment_id: '110774245616525_122', message: 'Nice', created_time: 1767225599 }, field: 'feed' };
const lead = { value: { leadgen_id: '444444444444', page_id: '110774245616525', form_id: '444444444445', created_time: 1767225598 }, field: 'leadgen' };
// Meta writes all but ASCII, and slashes, as escapes.
const escaped = business(change('@')).replace('@', 'Zo\\u00eb \\u00e4\\u00f6\\u00e5 \\/ \\ud83c\\udf89 <b>');
const signed = (content) => ({ ...json, 'x-hub-signature-256': `sha256=${hmac('sha256', secret, content)}` });

const url = 'https://hooks.example.com/in/meta';
const token = 'meta%20verify%20token%207f3a';
const ask = (name, expect, query, more) => ({ case: `handshake${name}`, expect, method: 'GET', headers: {}, url: query ? `${url}?${query}` : url, ...more });
const subscribe = (verify, challenge = '1158201444') => `hub.mode=subscribe&hub.challenge=${challenge}&hub.verify_token=${verify}`;
const answer = { expect_status: 200, expect_reply: '1158201444' };

await suite({
  provider: 'meta',
  by: 'whatsapp@0.0.5-Alpha generateXHub256Sig',
  config: { secrets: [secret], verify_token: 'meta verify token 7f3a' },
  bodies: [
    { name: 'valid', type: 'messages', body: business(change('Hello')) },
    { name: 'valid-feed', type: 'feed', body: page([comment]) },
    { name: 'valid-leadgen', type: 'leadgen', body: page([lead]) },
    { name: 'valid-changes', type: 'messages', body: business(change('Hello'), change('World')) },
    { name: 'valid-entries', type: 'feed', body: page([comment], [lead, comment]) },
    { name: 'valid-meta-escaped', type: 'messages', body: escaped },
  ],
  longBody: 2000,
  sign: (request, secret) => void (request.headers['x-hub-signature-256'] = `sha256=${hmac('sha256', secret, request.body)}`),
  accepts: (request, secret) =>
    request.method === 'POST' && same(request.headers['x-hub-signature-256'], `sha256=${generateXHub256Sig(request.text, secret)}`),
  forge: {
    'no-prefix': (request) => void (request.headers['x-hub-signature-256'] = hmac('sha256', secret, request.body)),
    'sha1-only': (request) => void (request.headers = { ...json, 'x-hub-signature': `sha1=${hmac('sha1', secret, request.body)}` }),
  },
  extra: [
    { case: 'signed-over-unescaped-form-of-escaped-body', expect: 'reject', headers: signed('{"m":"äöå/x"}'), body: '{"m":"\\u00e4\\u00f6\\u00e5\\/x"}' },
    ask('', 'handshake', subscribe(token), answer),
    ask('-plus-for-space', 'handshake', subscribe('meta+verify+token+7f3a'), answer),
    ask('-wrong-verify-token', 'reject', subscribe('meta%20verify%20token%207f3b')),
    ask('-verify-token-prefix', 'reject', subscribe('meta%20verify%20token%207f3')),
    ask('-empty-verify-token', 'reject', subscribe('')),
    ask('-without-verify-token', 'reject', 'hub.mode=subscribe&hub.challenge=1158201444'),
    ask('-verify-token-twice', 'reject', `${subscribe(token)}&hub.verify_token=x`),
    ask('-app-secret-as-verify-token', 'reject', subscribe(secret)),
    ask('-without-challenge', 'reject', `hub.mode=subscribe&hub.verify_token=${token}`),
    ask('-challenge-is-markup', 'reject', subscribe(token, '%3Cscript%3Ealert(1)%3C%2Fscript%3E')),
    ask('-challenge-too-long', 'reject', subscribe(token, '1'.repeat(300))),
    ask('-mode-unsubscribe', 'reject', subscribe(token).replace('subscribe', 'unsubscribe')),
    ask('-as-post', 'reject', subscribe(token), { method: 'POST' }),
    ask('-without-query', 'reject', ''),
    ask('-signed-get-of-an-event', 'reject', '', { headers: signed(business(change('Hello'))), body: business(change('Hello')) }),
  ],
});
