// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (secret) => `Basic ${Buffer.from(secret).toString('base64')}`;
const event = (name, type) => ({ name, type, body: JSON.stringify({ email: 'jane@example.com', eventName: type, dataFields: { createdAt: '2026-01-01 00:00:00 +00:00', campaignId: 59667, messageId: '0fc6657455b54c719cf7b7b5d6a5b0d2', campaignName: 'Jänner' } }) });
const secret = 'iterable:7hTq2vXf4b9kLzRt';
const token = 'tok-7hTq2vXf4b9kLzRt';
const open = event('valid-bearer', 'emailOpen');

await suite({
  provider: 'iterable',
  by: 'none: documented scheme, Basic authentication or a bearer token',
  config: { secrets: [secret] },
  bodies: [event('valid', 'emailOpen'), event('valid-click', 'emailClick')],
  sign(request, key) {
    request.headers.authorization = basic(key);
  },
  accepts: (request, key) => [basic(key), `Bearer ${key}`].some((expected) => same(request.headers.authorization, expected)),
  covers: [], // The body is not looked at.
  longBody: 1000,
  forge: {
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Basic', 'Bearer')),
  },
  extra: [
    { case: 'valid-bearer', expect: 'accept', type: 'emailOpen', body: open.body, config: { secrets: [token] }, headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` } },
    { case: 'wrong-bearer', expect: 'reject', body: open.body, config: { secrets: [token] }, headers: { 'content-type': 'application/json', authorization: 'Bearer another' } },
  ],
});
