// packages: @wix/sdk@1.21.16
import { createHmac, createPrivateKey, sign as signature } from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';
import { AppStrategy } from '@wix/sdk';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const part = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const event = (slug, id) => JSON.stringify({
  data: JSON.stringify({ id, entityFqdn: 'wix.ecom.v1.order', slug, entityId: 'c9f1a3d2', eventTime: '2026-01-01T00:00:00.000Z', note: 'café 🚀' }),
  instanceId: '0c9a1f6e-7a51-4b61-9f5a-2d3c4b5a6978',
  eventType: `wix.ecom.v1.order_${slug}`,
});
const token = (data, key, now, others = {}, algorithm = 'RS256') => {
  const head = `${part({ alg: algorithm, typ: 'JWT' })}.${part({ data, iat: now, exp: now + 3600, ...others })}`;
  if (algorithm === 'none') return `${head}.`;
  if (algorithm === 'HS256') return `${head}.${createHmac('sha256', mine.pem).update(head).digest('base64url')}`;
  return `${head}.${signature('sha256', Buffer.from(head), key.asymmetricKeyType ? key : createPrivateKey(key)).toString('base64url')}`;
};
const now = 1767225600;
const body = event('approved', 'a3a6f2b8');
const sent = (...made) => (request) => void (request.body = Buffer.from(token(...made)));

await suite({
  provider: 'wix',
  by: '@wix/sdk@1.21.16 AppStrategy.decodeJWT',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'text/plain', 'user-agent': 'wix-webhooks' },
  bodies: [
    { name: 'valid', type: 'wix.ecom.v1.order_approved', id: 'a3a6f2b8', body },
    { name: 'valid-canceled', type: 'wix.ecom.v1.order_canceled', id: 'a3a6f2b9', body: event('canceled', 'a3a6f2b9') },
  ],
  sign(request, key, time) {
    request.body = Buffer.from(token(request.text, key, time));
  },
  accepts: async (request, key, time, config) => (await AppStrategy({ appId: 'app', publicKey: config.public_key_pem }).decodeJWT(request.text.trim())).valid,
  signature: 'user-agent', // Not the signature, which is in the body; see skip.
  covers: [],
  oddBodies: false,
  // The token is all of the body, so that these say nothing; what they mean is below.
  skip: ['missing-signature', 'empty-signature', 'truncated-signature', 'changed-signature', 'garbage-signature'],
  forge: {
    'tampered-payload': (request) => {
      const [head, , end] = request.text.split('.');
      request.body = Buffer.from(`${head}.${part({ data: event('canceled', 'a3a6f2b8'), iat: now, exp: now + 3600 })}.${end}`);
    },
    'signature-missing': (request) => void (request.body = Buffer.from(request.text.split('.').slice(0, 2).join('.'))),
    'signature-empty': (request) => void (request.body = Buffer.from(request.text.replace(/\.[^.]*$/, '.'))),
    'signature-truncated': (request) => void (request.body = request.body.subarray(0, -4)),
    'body-empty': (request) => void (request.body = Buffer.alloc(0)),
    'payload-alone': (request) => void (request.body = Buffer.from(body)),
    expired: sent(body, mine.privateKey, now - 7200),
    'algorithm-none': sent(body, mine.privateKey, now, {}, 'none'),
    'algorithm-confused': sent(body, mine.privateKey, now, {}, 'HS256'),
  },
});
