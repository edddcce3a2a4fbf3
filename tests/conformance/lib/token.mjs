// What the generators of bearer tokens have in common: a JWT by RS256 in `authorization`, signed and judged by `jose`.
import { hmac, keyPair, suite } from './cases.mjs';

// Writes the cases of `provider`. `config` is without its key and has `issuer` and `audience`; `claims` are those of a
// good token beside `iss`, `aud` and its times; `may` says of the claims that the package took what it leaves to its caller;
// `forge` has the claims of more forgeries.
export async function tokens(jose, by, { provider, config, claims, may = () => true, forge = {} }) {
  const { SignJWT, UnsecuredJWT, jwtVerify } = jose;
  const [mine, another] = [keyPair('rsa'), keyPair('rsa')];
  const now = 1767225600;
  const all = (at) => ({ iss: config.issuer, aud: config.audience, ...claims, iat: at, nbf: at, exp: at + 300 });
  const token = (made, key) => new SignJWT(made).setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'key-1' }).sign(key);
  const bear = (request, text) => void (request.headers.authorization = `Bearer ${text}`);
  const other = (changes) => async (request) => bear(request, await token({ ...all(now), ...changes }, mine.privateKey));
  const own = { public_key_pem: mine.pem, ...config };
  await suite({
    provider,
    by,
    config: own,
    bodies: [
      {
        name: 'valid',
        type: 'order.created',
        id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10',
        body: '{"type":"order.created","event_id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","timestamp":"2026-01-01T00:00:00Z","data":{"order_id":"12345","total":"19.90"}}',
      },
    ],
    otherConfig: { ...own, public_key_pem: another.pem },
    keys: [mine.privateKey, another.privateKey],
    async sign(request, key, time) {
      bear(request, await token(all(time), key));
    },
    async accepts(request, key, time, owner) {
      const compact = request.headers.authorization.match(/^Bearer (.+)$/)[1];
      const { issuer, audience } = owner;
      const { payload } = await jwtVerify(compact, owner === own ? mine.publicKey : another.publicKey, { algorithms: ['RS256'], issuer, audience, requiredClaims: ['exp'] });
      return may(payload);
    },
    // The token says nothing of the body.
    covers: [],
    oddBodies: false,
    forge: {
      'another-issuer': other({ iss: 'https://idp.example.org' }),
      'another-audience': other({ aud: 'somebody-else' }),
      'no-audience': other({ aud: undefined }),
      ...Object.fromEntries(Object.entries(forge).map(([name, changes]) => [name, other(changes)])),
      'no-expiry': other({ exp: undefined }),
      expired: other({ iat: now - 700, nbf: now - 700, exp: now - 400 }),
      'not-yet': other({ nbf: now + 400, exp: now + 700 }),
      'algorithm-none': (request) => bear(request, new UnsecuredJWT(all(now)).encode()),
      'algorithm-hs256': (request) => {
        const head = [{ alg: 'HS256', typ: 'JWT' }, all(now)].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
        bear(request, `${head}.${Buffer.from(hmac('sha256', mine.pem, head), 'hex').toString('base64url')}`);
      },
    },
  });
}
