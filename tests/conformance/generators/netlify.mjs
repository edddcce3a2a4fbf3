// packages: jsonwebtoken@9.0.3
import { createHash } from 'node:crypto';
import { suite } from '../lib/cases.mjs';
import jwt from 'jsonwebtoken';

const secret = 'netlify-jws-3f9c1a7e5b2d4860';
const digest = (body) => createHash('sha256').update(body).digest('hex');
const deploy = (name, event, state) => ({
  name, type: event, id: `${event}:65a1f3c2b4d5e60008a7b9c1:2026-01-01T00:00:00.000Z`, headers: { 'x-netlify-event': event },
  body: JSON.stringify({ id: '65a1f3c2b4d5e60008a7b9c1', site_id: '3970e0fe-8564-4903-9a55-c5f8de49fb8b', state, name: 'example-site', branch: 'main', title: 'Größe', updated_at: '2026-01-01T00:00:00.000Z' }),
});
const token = (request, key, claims, options = {}) =>
  jwt.sign(JSON.parse(JSON.stringify({ iss: 'netlify', sha256: digest(request.body), ...claims })), key, { noTimestamp: true, ...options });
const forged = (claims, options, key = secret) => (request) => void (request.headers['x-webhook-signature'] = token(request, key, claims, options));

await suite({
  provider: 'netlify',
  by: 'none: documented scheme, a JWT with the digest of the body; the token is made and read by jsonwebtoken@9.0.3',
  config: { secrets: [secret] },
  bodies: [deploy('valid', 'deploy_created', 'ready'), deploy('valid-failed', 'deploy_failed', 'error')],
  sign(request, key) {
    request.headers['x-webhook-signature'] = token(request, key);
  },
  accepts(request, key) {
    const claims = jwt.verify(request.headers['x-webhook-signature'], key, { algorithms: ['HS256'], issuer: 'netlify' });
    return claims.sha256 === digest(request.body);
  },
  forge: {
    'another-issuer': forged({ iss: 'another' }),
    'digest-of-another-body': forged({ sha256: digest('{}') }),
    'no-digest': forged({ sha256: undefined }),
    'algorithm-none': forged({}, { algorithm: 'none' }, ''),
  },
});
