// packages: jose@6.2.18
import { createHash, createPrivateKey } from 'node:crypto';
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { createLocalJWKSet, jwtVerify, SignJWT } from 'jose';

const kid = 'bfbd5111-8e33-4643-8ced-b2e642a72f3c';
const mine = keyPair('p256');
const another = keyPair('p256', 'another');
const { kty, crv, x, y } = createPrivateKey(mine.privateKey.export({ type: 'pkcs8', format: 'pem' })).export({ format: 'jwk' });
const jwks = { keys: [{ kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }] };
// As Plaid answers when it is asked for a key.
const config = { params: { client_id: '5f1c2e8a3b1d4b0e9b550d6a', secret: '2c9a7e105f1c2e8a3b1d4b0e9b550d' }, jwks: { key: jwks.keys[0], request_id: 'm8MDnv9okwxFNBV' } };
const digest = (request) => createHash('sha256').update(request.body).digest('hex');
const token = (claims, key = mine.privateKey, header = {}) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid, typ: 'JWT', ...header }).sign(key);
const now = 1767225600;
const resign = (claims, header) => async (request) => {
  request.headers['plaid-verification'] = await token({ iat: now, request_body_sha256: digest(request), ...claims }, mine.privateKey, header);
};
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const event = (type, code, more) => JSON.stringify({ webhook_type: type, webhook_code: code, item_id: 'wz666MBjYWTp2PDzzggYhM6oWWmBb', ...more, environment: 'production' });

await suite({
  provider: 'plaid',
  by: 'jose@6.2.18 jwtVerify, and the digest of the body',
  config,
  otherConfig: config,
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', type: 'TRANSACTIONS.SYNC_UPDATES_AVAILABLE', body: event('TRANSACTIONS', 'SYNC_UPDATES_AVAILABLE', { initial_update_complete: true }) },
    { name: 'valid-item-error', type: 'ITEM.ERROR', body: event('ITEM', 'ERROR', { error: { error_code: 'ITEM_LOGIN_REQUIRED', error_type: 'ITEM_ERROR', status: 400 } }) },
  ],
  async sign(request, key, time) {
    request.headers['plaid-verification'] = await token({ iat: time, request_body_sha256: digest(request) }, key);
  },
  async accepts(request) {
    const { payload } = await jwtVerify(request.headers['plaid-verification'], createLocalJWKSet(jwks), { algorithms: ['ES256'], maxTokenAge: '5 min' });
    return payload.request_body_sha256 === digest(request);
  },
  longBody: 800,
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-digest': resign({ request_body_sha256: '0'.repeat(64) }),
    'no-digest': resign({ request_body_sha256: undefined }),
    'no-time': resign({ iat: undefined }),
    'another-kid': resign({}, { kid: '00000000-8e33-4643-8ced-b2e642a72f3c' }),
    'algorithm-none': (request) => void (request.headers['plaid-verification'] = `${part({ alg: 'none', kid })}.${part({ iat: now, request_body_sha256: digest(request) })}.`),
    'hmac-under-the-public-key': (request) => {
      const head = `${part({ alg: 'HS256', kid })}.${part({ iat: now, request_body_sha256: digest(request) })}`;
      request.headers['plaid-verification'] = `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
    },
  },
});
