// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'tok_4f8a1c6d2b9e4035a7c1e8d3f6b2094c';
const message = (type, more) => JSON.stringify({ message: { timestamp: 1767225600000, type, call: { id: 'f3a2c1d0-5b6e-4c7d-8e9f-0a1b2c3d4e5f' }, ...more } });
const update = message('status-update', { status: 'in-progress' });
const json = { 'content-type': 'application/json' };

await suite({
  provider: 'vapi',
  by: 'none: documented scheme, the token in Authorization, X-Vapi-Secret, or an HMAC-SHA256 of the body',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'status-update', body: update },
    { name: 'valid-report', type: 'end-of-call-report', body: message('end-of-call-report', { endedReason: 'customer-ended-call' }) },
  ],
  sign(request, key) {
    request.headers.authorization = `Bearer ${key}`;
  },
  accepts: (request, key) =>
    same(request.headers.authorization ?? '', `Bearer ${key}`) || same(request.headers['x-vapi-secret'] ?? '', key) ||
    same(request.headers['x-signature'] ?? '', hmac('sha256', key, request.body)),
  signature: 'authorization',
  covers: [],
  oddBodies: false,
  extra: [
    { case: 'valid-x-vapi-secret', expect: 'accept', type: 'status-update', headers: { ...json, 'x-vapi-secret': secret }, body: update },
    { case: 'valid-hmac', expect: 'accept', type: 'status-update', headers: { ...json, 'x-signature': hmac('sha256', secret, update) }, body: update },
    { case: 'hmac-of-another-body', expect: 'reject', headers: { ...json, 'x-signature': hmac('sha256', secret, update) }, body: message('hang') },
    { case: 'wrong-x-vapi-secret', expect: 'reject', headers: { ...json, 'x-vapi-secret': `${secret}x` }, body: update },
    { case: 'basic-instead-of-bearer', expect: 'reject', headers: { ...json, authorization: `Basic ${secret}` }, body: update },
  ],
});
