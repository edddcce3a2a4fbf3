// packages: @upstash/qstash@2.12.0
import { createHash } from 'node:crypto';
import { suite, hmac } from '../lib/cases.mjs';
import { Receiver } from '@upstash/qstash';

const url = 'https://hooks.example.com/in/upstash-qstash';
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims, secret, algorithm = 'HS256') => {
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part(claims)}`;
  const signature = algorithm === 'none' ? '' : Buffer.from(hmac(algorithm === 'HS384' ? 'sha384' : 'sha256', secret, head), 'hex').toString('base64url');
  return `${head}.${signature}`;
};
const claims = (request, now, others = {}) => ({
  iss: 'Upstash', sub: request.url, exp: now + 300, nbf: now, iat: now, jti: 'jwt_67kxXD6UBAk7DqU6hzuHMDdXFXfP',
  body: `${createHash('sha256').update(request.body).digest('base64url')}=`, ...others,
});
const secret = 'sig_7kTQbP5xWz3mLr9vNc2fHs8dYg4j';
const now = 1767225600;
const headers = { 'upstash-message-id': 'msg_26hZCxZCuWyyTWPmSVBrNC1RACBHr6M5xkd', 'upstash-retried': '0' };
const resign = (others, algorithm) => (request) => {
  request.headers['upstash-signature'] = token(claims(request, now, others), secret, algorithm);
};
const body = JSON.stringify({ type: 'invoice.due', invoice: { id: 'inv_8f2c1a', amount: '19.90' } });

await suite({
  provider: 'upstash-qstash',
  by: '@upstash/qstash@2.12.0 Receiver.verify',
  config: { secrets: [secret], url },
  url,
  bodies: [
    { name: 'valid', type: 'invoice.due', id: headers['upstash-message-id'], headers, body },
    { name: 'valid-text', type: 'message', id: 'msg_2', headers: { 'content-type': 'text/plain', 'upstash-message-id': 'msg_2' }, body: 'plain words' },
    { name: 'valid-unpadded-digest', type: 'invoice.due', id: headers['upstash-message-id'], headers: { ...headers, 'x-test': 'unpadded' }, body },
  ],
  sign(request, key, time) {
    const made = claims(request, time);
    if (request.headers['x-test']) made.body = made.body.replace('=', '');
    request.headers['upstash-signature'] = token(made, key);
  },
  async accepts(request, key) {
    const receiver = new Receiver({ currentSigningKey: key, nextSigningKey: key });
    return receiver.verify({ signature: request.headers['upstash-signature'] ?? '', body: request.text, url: request.url });
  },
  signature: 'upstash-signature',
  covers: ['body', 'url'],
  // exp and nbf bound the time; a token from 6 minutes ago has expired.
  forge: {
    'other-issuer': resign({ iss: 'Downstash' }),
    'other-destination': resign({ sub: `${url}2` }),
    expired: resign({ exp: now - 120, nbf: now - 420, iat: now - 420 }),
    'not-yet': resign({ nbf: now + 120, exp: now + 420 }),
    'without-expiry': resign({ exp: undefined }),
    'algorithm-none': resign({}, 'none'),
  },
  lenient: ['without-expiry'],
});
