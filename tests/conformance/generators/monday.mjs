// packages: jsonwebtoken@9.0.3
import { suite } from '../lib/cases.mjs';
import jwt from 'jsonwebtoken';

const url = 'https://hooks.example.com/in/monday';
const secret = '9b3c1f7e5a2d4b6c8e0f1a3b5c7d9e2f';
const event = (name, type, id, more) => ({
  name, type, id,
  body: JSON.stringify({ event: { userId: 9603417, boardId: 1771812698, groupId: 'topics', pulseId: 1772099344, pulseName: 'Größe', ...more, app: 'monday', type, triggerTime: '2026-01-01T00:00:00.000Z', subscriptionId: 73759690, triggerUuid: id } }),
});
const token = (claims, key, now, options = {}) =>
  jwt.sign(JSON.parse(JSON.stringify({ accountId: 3526062, userId: 9603417, aud: url, iat: now, exp: now + 300, ...claims })), key, options);
const forged = (claims, options = {}) => (request) =>
  void (request.headers.authorization = token(claims, options.algorithm === 'none' ? '' : secret, 1767225600, options));

await suite({
  provider: 'monday',
  by: 'jsonwebtoken@9.0.3 verify, as the documents say, with the audience that they describe',
  config: { secrets: [secret] },
  bodies: [
    event('valid', 'update_column_value', '504b2eb76c80f672a18f892c0f700e41', { columnId: 'status', value: { label: { text: 'Done' } } }),
    event('valid-create', 'create_pulse', '504b2eb76c80f672a18f892c0f700e42'),
  ],
  sign(request, key, now) {
    request.headers.authorization = token({ aud: request.url }, key, now);
  },
  accepts: (request, key) => Boolean(jwt.verify(request.headers.authorization, key, { algorithms: ['HS256'], audience: request.url, clockTolerance: 59 })),
  signature: 'authorization',
  covers: ['url'], // The audience is the URL; the body is not signed.
  timestamped: { tolerance_s: 300 },
  // There is no time before which the token is not valid.
  skip: ['future-timestamp'],
  lenient: ['no-expiry'], // The documents say that there is one.
  longBody: 500,
  forge: {
    'another-audience': forged({ aud: 'https://hooks.example.com/in/another' }),
    'no-audience': forged({ aud: undefined }),
    'no-expiry': forged({ exp: undefined }),
    'algorithm-none': forged({}, { algorithm: 'none' }),
    'another-algorithm': forged({}, { algorithm: 'HS512' }),
  },
  extra: [
    { case: 'challenge', expect: 'handshake', body: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}', expect_status: 200, expect_reply: '{"challenge":"3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}' },
    { case: 'challenge-of-markup', expect: 'reject', body: '{"challenge":"<script>alert(1)</script>"}' },
  ],
});
