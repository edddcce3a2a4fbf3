// packages: google-auth-library@10.9.1
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { createSign } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';

const url = 'https://hooks.example.com/in/google-chat';
const mine = keyPair('rsa');
const another = keyPair('rsa');
const config = { public_key_pem: mine.pem, url };
const others = { ...config, public_key_pem: another.pem };
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (now) => ({ iss: 'https://accounts.google.com', aud: url, azp: '113774264463038321964', email: 'chat@system.gserviceaccount.com', email_verified: true, iat: now, exp: now + 3600, sub: '113774264463038321964' });
const token = (made, key, alg = 'RS256') => {
  const head = `${part({ alg, kid: '7d680d8c70d44e947133cbd499ebc1a61c3d5abc', typ: 'JWT' })}.${part(made)}`;
  if (alg === 'HS256') return `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
  return `${head}.${alg === 'none' ? '' : createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`;
};
const now = 1767225600;
const other = (changes, alg) => (request) => void (request.headers.authorization = `Bearer ${token({ ...claims(now), ...changes }, mine.privateKey, alg)}`);

await suite({
  provider: 'google-chat',
  by: 'google-auth-library@10.9.1 OAuth2Client.verifyIdToken',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'MESSAGE',
      body: '{"type":"MESSAGE","eventTime":"2026-01-01T00:00:00.310031Z","message":{"name":"spaces/AAAAAAAAAAA/messages/CCCCCCCCCCC","sender":{"name":"users/12345678901234567890","displayName":"Chris Corelli","email":"chris@example.com","type":"HUMAN"},"createTime":"2026-01-01T00:00:00.310031Z","text":"Hello","thread":{"name":"spaces/AAAAAAAAAAA/threads/BBBBBBBBBBB"}},"space":{"name":"spaces/AAAAAAAAAAA","type":"ROOM","displayName":"Ops"},"user":{"name":"users/12345678901234567890","displayName":"Chris Corelli"}}',
    },
    {
      name: 'valid-added-to-space',
      type: 'ADDED_TO_SPACE',
      body: '{"type":"ADDED_TO_SPACE","eventTime":"2026-01-01T00:00:05.310031Z","space":{"name":"spaces/AAAAAAAAAAA","displayName":"Ops","type":"ROOM"},"user":{"name":"users/12345678901234567890","displayName":"Chris Corelli","type":"HUMAN"}}',
    },
  ],
  otherConfig: others,
  keys: [mine.privateKey, another.privateKey],
  sign: (request, key, time) => void (request.headers.authorization = `Bearer ${token(claims(time), key)}`),
  async accepts(request, key, time, owner) {
    const client = new OAuth2Client();
    // Instead of Google's own, which it would fetch.
    client.getFederatedSignonCertsAsync = async () => ({ certs: { '7d680d8c70d44e947133cbd499ebc1a61c3d5abc': owner.public_key_pem } });
    const ticket = await client.verifyIdToken({ idToken: request.headers.authorization.match(/^Bearer (.+)$/)[1], audience: url });
    const { email, email_verified: verified } = ticket.getPayload();
    return email === 'chat@system.gserviceaccount.com' && verified === true;
  },
  // The token says nothing of the body.
  covers: [],
  oddBodies: false,
  forge: {
    'another-service-account': other({ email: 'somebody@another-project.iam.gserviceaccount.com' }),
    'email-not-verified': other({ email_verified: false }),
    'another-audience': other({ aud: 'https://hooks.example.com/in/another' }),
    'another-issuer': other({ iss: 'https://accounts.example.com' }),
    expired: other({ iat: now - 7200, exp: now - 3600 }),
    'no-expiry': other({ exp: undefined }),
    'algorithm-none': other({}, 'none'),
    'algorithm-hs256': other({}, 'HS256'),
    'not-bearer': (request) => void (request.headers.authorization = request.headers.authorization.replace('Bearer', 'Basic')),
  },
});
