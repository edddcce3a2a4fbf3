// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('ed25519'), keyPair('ed25519', 'another')];
const known = (config) => (config.public_key_base64 === mine.base64 ? mine : another).publicKey;
const content = (request) => Buffer.concat([request.body, Buffer.from(request.headers['x-payload-nonce'] ?? '')]);

await suite({
  provider: 'sourcehut',
  by: 'none: documented scheme',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'repo:update',
      id: 'f1a2ebda-7b0f-4a7c-98e8-1d5f0d7e5a11',
      headers: { 'x-webhook-event': 'repo:update', 'x-webhook-delivery': 'f1a2ebda-7b0f-4a7c-98e8-1d5f0d7e5a11' },
      body: '{"id":42,"created":"2026-01-01T00:00:00+00:00","subject":"Fix login","name":"website","description":"Our site","visibility":"public","owner":{"canonical_name":"~jon","name":"jon"}}',
    },
  ],
  sign(request, key) {
    request.headers['x-payload-nonce'] = 'd34db33f';
    request.headers['x-payload-signature'] = crypto.sign(null, content(request), key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify(null, content(request), known(config), Buffer.from(request.headers['x-payload-signature'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_base64: another.base64 },
  signature: 'x-payload-signature',
});
