// packages: messagebird@4.0.1
import { createHash, createSecretKey } from 'node:crypto';
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const { verify, VerifyOptions } = createRequire(import.meta.url)('messagebird/lib/webhook-signature-jwt.js');
const digest = (content) => createHash('sha256').update(content).digest('hex');
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const secret = 'PlLrKaqvZNRR5zAjm42ZT6q1SQxgbbGd';
const token = (request, key, now, others = {}, algorithm = 'HS256') => {
  const hash = request.body.length ? { payload_hash: digest(request.body) } : {};
  const claims = { iss: 'MessageBird', jti: 'b502085e-a731-4d4f-bb97-fdbdf1a3ea36', nbf: now, exp: now + 300, url_hash: digest(request.url), ...hash, ...others };
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${algorithm === 'none' ? '' : Buffer.from(hmac(algorithm.replace('HS', 'sha'), key, head), 'hex').toString('base64url')}`;
};
const forged = (others, algorithm) => (request) =>
  void (request.headers['messagebird-signature-jwt'] = token(request, secret, 1767225600, others, algorithm));
const message = (type, status) => JSON.stringify({
  conversation: { id: '2e15efafec384e1c82e9842075e87beb', status: 'active' },
  message: { id: '8909570be0db4d8a9a4d1ea95c3b7a6e', platform: 'whatsapp', content: { text: 'Hello' }, status, createdDatetime: '2026-01-01T00:00:00Z' }, type,
});
const report = 'https://hooks.example.com/in/messagebird?id=e8077d803532c0b5937c639b60216938&reference=order%2042&recipient=31612345678&status=delivered&statusDatetime=2026-01-01T00%3A00%3A00%2B00%3A00';

await suite({
  provider: 'messagebird',
  by: 'messagebird@4.0.1 webhookSignatureJwt.verify',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'message.created', body: message('message.created', 'received') },
    { name: 'valid-updated', type: 'message.updated', body: message('message.updated', 'delivered') },
    { name: 'valid-report', type: 'sms.delivered', method: 'GET', url: report, body: '' },
  ],
  sign(request, key, now) {
    request.headers['messagebird-signature-jwt'] = token(request, key, now);
  },
  async accepts(request, key, now) {
    const options = { ...new VerifyOptions().jwtVerifyOptions, currentDate: new Date(now * 1000) };
    return verify(request.url, request.body, request.headers['messagebird-signature-jwt'], createSecretKey(Buffer.from(key)), new VerifyOptions(true, true, options));
  },
  covers: ['body', 'url'],
  longBody: 800,
  timestamped: { tolerance_s: 300 },
  lenient: ['no-expiry'], // The documents say that there is one.
  forge: {
    'another-issuer': forged({ iss: 'Another' }),
    'algorithm-none': forged({}, 'none'),
    'payload-hash-missing': forged({ payload_hash: undefined }),
    'no-expiry': forged({ exp: undefined }),
    'url-hash-missing': forged({ url_hash: undefined }),
    'url-hash-of-another': forged({ url_hash: digest('https://hooks.example.com/in/another') }),
  },
  extra: [
    { case: 'report-without-a-body-but-a-hash', expect: 'reject', method: 'GET', url: report, headers: { 'messagebird-signature-jwt': token({ url: report, body: Buffer.alloc(0) }, secret, 1767225600, { payload_hash: digest('{}') }) } },
  ],
});
