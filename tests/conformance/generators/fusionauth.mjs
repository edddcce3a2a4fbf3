// packages: jose@6.2.18
import { createHash } from 'node:crypto';
import { suite, hmac, keyPair } from '../lib/cases.mjs';
import { SignJWT, UnsecuredJWT, jwtVerify } from 'jose';

const mine = keyPair('rsa');
const another = keyPair('rsa');
const header = 'x-fusionauth-signature-jwt';
const digest = (body) => createHash('sha256').update(body).digest('base64');
const token = (claims, key) => new SignJWT(claims).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: '_H07wVG1fV3l5ih74rNxIC3nevE' }).sign(key);
// The public key's text as an HMAC secret, the usual way to confuse algorithms.
const confused = (claims) => {
  const head = [{ alg: 'HS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`;
};
const config = { public_key_pem: mine.pem, host: 'auth.example.com' };
const user = { email: 'fred@example.com', id: '00000000-0000-0001-0000-000000000000' };
const event = (type, id, more) => ({
  type, id,
  body: JSON.stringify({ event: { createInstant: 1767225600000, id, ...more, tenantId: 'e872a880-b14f-6d62-c312-cb40f22af465', type, user } }),
});

await suite({
  provider: 'fusionauth',
  by: 'jose@6.2.18 jwtVerify',
  config,
  otherConfig: { ...config, public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', ...event('user.create.complete', 'e502168a-b469-45d9-a079-fd45f83e0406') },
    { name: 'valid-login', ...event('user.login.success', 'e502168a-b469-45d9-a079-fd45f83e0407', { authenticationType: 'PASSWORD', ipAddress: '42.42.42.42' }) },
  ],
  longBody: 200,
  async sign(request, key) {
    request.headers[header] = await token({ request_body_sha256: digest(request.body) }, key);
  },
  async accepts(request, key, now, owner) {
    const { payload } = await jwtVerify(request.headers[header] ?? '', owner === config ? mine.publicKey : another.publicKey);
    return payload.request_body_sha256 === digest(request.body);
  },
  // The token names neither time nor receiver.
  forge: {
    'algorithm-none': (request) => void (request.headers[header] = new UnsecuredJWT({ request_body_sha256: digest(request.body) }).encode()),
    'algorithm-hs256': (request) => void (request.headers[header] = confused({ request_body_sha256: digest(request.body) })),
    'no-digest': async (request) => void (request.headers[header] = await token({}, mine.privateKey)),
    'digest-of-another-body': async (request) => void (request.headers[header] = await token({ request_body_sha256: digest('{}') }, mine.privateKey)),
    'hexadecimal-digest': async (request) => {
      request.headers[header] = await token({ request_body_sha256: createHash('sha256').update(request.body).digest('hex') }, mine.privateKey);
    },
  },
});
