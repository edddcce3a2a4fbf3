// packages: @kinde/webhooks@1.0.0
import { createSign } from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';
import { decodeWebhook } from '@kinde/webhooks';

const mine = keyPair('rsa', 'mine');
const another = keyPair('rsa', 'another');
const jwk = { ...mine.publicKey.export({ format: 'jwk' }), kid: 'c1:2f:b8', alg: 'RS256', use: 'sig' };
// The package fetches the keys of the configured domain.
globalThis.fetch = async () => new Response(JSON.stringify({ keys: [jwk] }), { headers: { 'content-type': 'application/json' } });

const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims, key, algorithm = 'RS256') => {
  const head = `${part({ alg: algorithm, kid: 'c1:2f:b8', typ: 'JWT' })}.${part(claims)}`;
  return `${head}.${algorithm === 'none' ? '' : createSign('RSA-SHA256').update(head).sign(key).toString('base64url')}`;
};
const event = (type, id, data) => ({ type, event_id: id, event_timestamp: '2026-01-01T00:00:00.000000Z', source: 'admin', timestamp: '2026-01-01T00:00:00.000000Z', data });
const user = event('user.updated', 'event_018f1b6e3c2a4d5e9f8a7b6c5d4e3f2a', { user: { id: 'kp_0f2e1d3c4b5a', email: 'zoë@example.com', first_name: 'Zoë' } });
const organization = event('organization.created', 'event_018f1b6e3c2a4d5e9f8a7b6c5d4e3f2b', { organization: { code: 'org_1ccfb819462', name: 'Acme' } });
const body = (name, claims) => ({ name, type: claims.type, id: claims.event_id, body: JSON.stringify(claims) });
const whole = (change) => (request) => void (request.body = Buffer.from(change(request.text)));

await suite({
  provider: 'kinde',
  by: '@kinde/webhooks@1.0.0 decodeWebhook',
  config: { domain: 'example.kinde.com', public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/jwt' },
  bodies: [body('valid', user), body('valid-organization', organization)],
  // The body becomes the token of what it says.
  sign(request, key) {
    request.body = Buffer.from(token(request.json, key));
  },
  accepts: async (request, _, __, config) => (await decodeWebhook(request.text.trim(), `https://${config.domain}`)) !== null,
  signature: 'content-type', // There is none beside the body.
  skip: ['missing-signature', 'empty-signature', 'truncated-signature', 'changed-signature', 'garbage-signature', 'tampered-body-trailing-newline', 'signature-of-another-body'],
  tamper: (text) => text.replace(/\.(.)/, (_, letter) => `.${letter === 'f' ? 'e' : 'f'}`),
  oddBodies: false,
  forge: {
    'algorithm-none': whole(() => token(user, null, 'none')),
    'missing-signature-part': whole((text) => text.slice(0, text.lastIndexOf('.') + 1)),
    'payload-of-another-token': whole((text) => text.split('.').with(1, part(organization)).join('.')),
    'plain-json': whole(() => JSON.stringify(user)),
    garbage: whole(() => 'not a token; %%%'),
  },
});
