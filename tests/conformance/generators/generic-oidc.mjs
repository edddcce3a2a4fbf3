// packages: jose@6.2.18
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { SignJWT, UnsecuredJWT, jwtVerify } from 'jose';

const mine = keyPair('rsa');
const another = keyPair('rsa');
const config = { public_key_pem: mine.pem, issuer: 'https://idp.example.com', audience: 'hookferry', subject: ['orders', 'sender'], scope: ['webhooks:write', 'webhooks:read'] };
const claims = (now) => ({ iss: config.issuer, aud: config.audience, sub: 'sender', scope: 'openid webhooks:read webhooks:write', iat: now, nbf: now, exp: now + 300 });
const token = (made, key) => new SignJWT(made).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'key-1' }).sign(key);
const now = 1767225600;
const other = (changes) => async (request) => void (request.headers.authorization = `Bearer ${await token({ ...claims(now), ...changes }, mine.privateKey)}`);

await suite({
  provider: 'generic-oidc',
  by: 'jose@6.2.18 jwtVerify',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'order.created',
      id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10',
      body: '{"type":"order.created","event_id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","timestamp":"2026-01-01T00:00:00Z","data":{"order_id":"12345","total":"19.90"}}',
    },
  ],
  otherConfig: { ...config, public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  async sign(request, key, time) {
    request.headers.authorization = `Bearer ${await token(claims(time), key)}`;
  },
  async accepts(request, key, time, owner) {
    const compact = request.headers.authorization.match(/^Bearer (.+)$/)[1];
    const { issuer, audience, subject, scope } = owner;
    const { payload } = await jwtVerify(compact, owner === config ? mine.publicKey : another.publicKey, { algorithms: ['RS256'], issuer, audience, requiredClaims: ['exp'] });
    // What jose leaves to its caller: who, and what they may.
    return subject.includes(payload.sub) && scope.every((one) => String(payload.scope).split(' ').includes(one));
  },
  // The token says nothing of the body.
  covers: [],
  oddBodies: false,
  forge: {
    'another-issuer': other({ iss: 'https://idp.example.org' }),
    'another-audience': other({ aud: 'somebody-else' }),
    'no-audience': other({ aud: undefined }),
    'another-subject': other({ sub: 'somebody' }),
    'no-subject': other({ sub: undefined }),
    'half-the-scope': other({ scope: 'webhooks:write' }),
    'a-longer-scope': other({ scope: 'webhooks:write2 webhooks:read' }),
    'no-scope': other({ scope: undefined }),
    'no-expiry': other({ exp: undefined }),
    expired: other({ iat: now - 700, nbf: now - 700, exp: now - 400 }),
    'not-yet': other({ nbf: now + 400, exp: now + 700 }),
    'algorithm-none': (request) => void (request.headers.authorization = `Bearer ${new UnsecuredJWT(claims(now)).encode()}`),
    'algorithm-hs256': (request) => {
      const head = [{ alg: 'HS256', typ: 'JWT' }, claims(now)].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
      request.headers.authorization = `Bearer ${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
    },
  },
});
