// packages: jose@6.2.18
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';
import { SignJWT, UnsecuredJWT, jwtVerify } from 'jose';

const mine = keyPair('rsa');
const another = keyPair('rsa');
const url = 'https://hooks.example.com/in/gong';
const config = { public_key_pem: mine.pem, url };
const digest = (body) => createHash('sha256').update(body).digest('hex');
const token = (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT' }).sign(key);
const claims = (request, now) => ({ iss: 'gong', iat: now, exp: now + 300, webhook_url: request.url, body_sha256: digest(request.body) });
const now = 1767225600;
const other = (changes) => async (request) => void (request.headers.authorization = await token({ ...claims(request, now), ...changes }, mine.privateKey));

const withBearer = '{"callData":{"metaData":{"id":"5599332235511222780"}},"isTest":true}';
const bearer = {
  body: withBearer,
  headers: { 'content-type': 'application/json', authorization: `Bearer ${await token(claims({ url, body: withBearer }, now), mine.privateKey)}` },
};

await suite({
  provider: 'gong',
  by: 'jose@6.2.18 jwtVerify (the checks are those that Gong documents)',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'automation_rule',
      body: '{"callData":{"metaData":{"id":"5599332235511222779","title":"Ron/Speedman","started":"2026-01-01T00:03:37.041977-07:00","duration":2159,"primaryUserId":"7744111777663220493","direction":"Conference","system":"Zoom","scope":"External","media":"Video","language":"eng"}},"isTest":false}',
    },
  ],
  url,
  otherConfig: { ...config, public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  async sign(request, key, time) {
    request.headers.authorization = await token(claims(request, time), key);
  },
  async accepts(request, key, time, owner) {
    const compact = request.headers.authorization.replace(/^Bearer /, '');
    const { payload } = await jwtVerify(compact, owner === config ? mine.publicKey : another.publicKey, { algorithms: ['RS256'] });
    return payload.webhook_url === request.url && payload.body_sha256 === digest(request.body);
  },
  covers: ['body', 'url'],
  longBody: 500,
  // The URL is the configured one; the others are left out to keep the file small.
  skip: ['valid-query', 'valid-crlf', 'valid-html', 'valid-numbers', 'valid-escaped-unicode'],
  forge: {
    'another-url': other({ webhook_url: 'https://hooks.example.com/in/another' }),
    'no-url': other({ webhook_url: undefined }),
    'no-digest': other({ body_sha256: undefined }),
    expired: other({ iat: now - 700, exp: now - 400 }),
    'algorithm-none': (request) => void (request.headers.authorization = new UnsecuredJWT(claims(request, now)).encode()),
    'algorithm-hs256': (request) => {
      const head = [{ alg: 'HS256', typ: 'JWT' }, claims(request, now)].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      request.headers.authorization = `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
    },
  },
  extra: [{ case: 'valid-bearer', expect: 'accept', type: 'automation_rule', ...bearer }],
});
