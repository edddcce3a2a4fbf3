// packages: @vonage/jwt@1.17.1
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';
import { verifySignature } from '@vonage/jwt';

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const digest = (body) => createHash('sha256').update(body).digest('hex');
const token = (request, secret, now, others = {}, algorithm = 'HS256') => {
  const claims = { iat: now, jti: 'c5ba8f24-1a14-4c10-bfdf-3fbe8ce511b5', iss: 'Vonage', payload_hash: digest(request.body), api_key: 'a1b2c3d4', application_id: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab', ...others };
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${algorithm === 'none' ? '' : Buffer.from(hmac('sha256', secret, head), 'hex').toString('base64url')}`;
};
const payload = (request) => JSON.parse(Buffer.from(request.headers.authorization.split('.')[1], 'base64url'));
const message = { to: '447700900000', from: '447700900001', channel: 'sms', message_uuid: 'aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab', timestamp: '2026-01-01T00:00:00Z' };
const secret = 'ZYsignatureSecret0A1b2C3d4E5f6G7h8';
const bodies = [
  ['valid', 'message.text', { ...message, message_type: 'text', text: 'Inbound text message.' }],
  ['valid-status', 'message.delivered', { ...message, status: 'delivered' }],
  ['valid-call', 'call.answered', { status: 'answered', uuid: 'aaaaaaaabbbbccccdddd0123456789ab', conversation_uuid: 'CON-aaaaaaaa-bbbb', direction: 'inbound', timestamp: '2026-01-01T00:00:00.000Z' }],
  ['valid-member', 'member:joined', { type: 'member:joined', conversation_id: 'CON-aaaaaaaa-bbbb', timestamp: '2026-01-01T00:00:00.000Z', body: { user: { name: 'Jané' } } }],
].map(([name, type, value]) => ({ name, type, body: JSON.stringify(value) }));
for (const body of bodies) body.id = digest(body.body);

await suite({
  provider: 'vonage',
  by: '@vonage/jwt@1.17.1 verifySignature',
  config: { secrets: [secret] },
  // The id is a digest of the body, which the oddities change.
  bodies,
  sign(request, key, now) {
    request.headers.authorization = `Bearer ${token(request, key, now)}`;
  },
  // The package judges the token; the digest and the age are checked as the documents say.
  accepts: (request, key, now) =>
    request.headers.authorization?.startsWith('Bearer ') && verifySignature(request.headers.authorization.slice(7), key)
      ? same(payload(request).payload_hash ?? '', digest(request.body)) && Math.abs(now - payload(request).iat) <= 300
      : false,
  signature: 'authorization',
  timestamped: { tolerance_s: 300 },
  oddBodies: false,
  forge: {
    'algorithm-none': (request) => void (request.headers.authorization = `Bearer ${token(request, secret, 1767225600, {}, 'none')}`),
    'hash-missing': (request) => void (request.headers.authorization = `Bearer ${token(request, secret, 1767225600, { payload_hash: undefined })}`),
    'hash-of-another-body': (request) => void (request.headers.authorization = `Bearer ${token(request, secret, 1767225600, { payload_hash: digest('{}') })}`),
    'another-scheme': (request) => void (request.headers.authorization = request.headers.authorization.replace('Bearer', 'Basic')),
  },
});
