// packages: google-auth-library@10.9.1
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { createSign } from 'node:crypto';
import { OAuth2Client } from 'google-auth-library';

const mine = keyPair('rsa');
const another = keyPair('rsa');
const config = { public_key_pem: mine.pem, service_account: 'pubsub@myproject.iam.gserviceaccount.com', audience: 'https://hooks.example.com/in/google-pubsub' };
const others = { ...config, public_key_pem: another.pem };
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = (now) => ({ iss: 'https://accounts.google.com', aud: config.audience, azp: '113774264463038321964', email: config.service_account, email_verified: true, iat: now, exp: now + 3600, sub: '113774264463038321964' });
const token = (made, key, alg = 'RS256') => {
  const head = `${part({ alg, kid: '7d680d8c70d44e947133cbd499ebc1a61c3d5abc', typ: 'JWT' })}.${part(made)}`;
  if (alg === 'HS256') return `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
  return `${head}.${alg === 'none' ? '' : createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`;
};
const now = 1767225600;
const other = (changes, alg) => (request) => void (request.headers.authorization = `Bearer ${token({ ...claims(now), ...changes }, mine.privateKey, alg)}`);

await suite({
  provider: 'google-pubsub',
  by: 'google-auth-library@10.9.1 OAuth2Client.verifyIdToken',
  config: config,
  bodies: [
    {
      name: 'valid',
      type: 'OBJECT_FINALIZE',
      id: '2070443601311540',
      body: '{"message":{"attributes":{"eventType":"OBJECT_FINALIZE","bucketId":"my-bucket","objectId":"logs/2026-01-01.txt","payloadFormat":"JSON_API_V1"},"data":"eyJraW5kIjoic3RvcmFnZSNvYmplY3QiLCJuYW1lIjoibG9ncy8yMDI2LTAxLTAxLnR4dCJ9","messageId":"2070443601311540","message_id":"2070443601311540","publishTime":"2026-01-01T00:00:00.123Z","publish_time":"2026-01-01T00:00:00.123Z"},"subscription":"projects/myproject/subscriptions/mysubscription"}',
    },
    {
      name: 'valid-gmail',
      type: 'message',
      id: '2070443601311541',
      body: '{"message":{"data":"eyJlbWFpbEFkZHJlc3MiOiJ1c2VyQGV4YW1wbGUuY29tIiwiaGlzdG9yeUlkIjoiOTg3NjU0MzIxMCJ9","messageId":"2070443601311541","message_id":"2070443601311541","publishTime":"2026-01-01T00:00:05.456Z","publish_time":"2026-01-01T00:00:05.456Z"},"subscription":"projects/myproject/subscriptions/gmail"}',
    },
  ],
  otherConfig: others,
  keys: [mine.privateKey, another.privateKey],
  sign: (request, key, time) => void (request.headers.authorization = `Bearer ${token(claims(time), key)}`),
  async accepts(request, key, time, owner) {
    const client = new OAuth2Client();
    // Instead of Google's own, which it would fetch.
    client.getFederatedSignonCertsAsync = async () => ({ certs: { '7d680d8c70d44e947133cbd499ebc1a61c3d5abc': owner.public_key_pem } });
    const ticket = await client.verifyIdToken({ idToken: request.headers.authorization.match(/^Bearer (.+)$/)[1], audience: config.audience });
    const { email, email_verified: verified } = ticket.getPayload();
    return email === config.service_account && verified === true;
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
  extra: [
    {
      case: 'valid-unwrapped', expect: 'accept', type: 'message', id: '2070443601311542', sign: true, body: '{"name":"logs/2026-01-01.txt"}',
      headers: {
        'content-type': 'application/json', 'x-goog-pubsub-message-id': '2070443601311542', 'x-goog-pubsub-publish-time': '2026-01-01T00:00:10.000Z',
        'x-goog-pubsub-subscription-name': 'projects/myproject/subscriptions/mysubscription',
      },
    },
  ],
});
