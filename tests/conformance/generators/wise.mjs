// packages:
import { createPublicKey, sign as signature, verify } from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const event = (type) => JSON.stringify({
  data: { resource: { type: 'transfer', id: 111, profile_id: 222 }, current_state: 'processing', note: 'é', occurred_at: '2026-01-01T00:00:00Z' },
  subscription_id: '01234567', event_type: type, schema_version: '2.0.0', sent_at: '2026-01-01T00:00:01Z',
});
const head = (id) => ({ 'x-delivery-id': id, 'x-test-notification': 'false' });

await suite({
  provider: 'wise',
  by: 'none: documented scheme, base64 of RSA-SHA256 of the body',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    { name: 'valid', type: 'transfers#state-change', id: '4f9f6ad4-8a0f-4a9e-9c46-4f8a1f5ab4fe', headers: head('4f9f6ad4-8a0f-4a9e-9c46-4f8a1f5ab4fe'), body: event('transfers#state-change') },
    { name: 'valid-credit', type: 'balances#credit', id: '4f9f6ad4-8a0f-4a9e-9c46-4f8a1f5ab4ff', headers: head('4f9f6ad4-8a0f-4a9e-9c46-4f8a1f5ab4ff'), body: event('balances#credit') },
  ],
  sign(request, key) {
    request.headers['x-signature-sha256'] = signature('sha256', request.body, key).toString('base64');
  },
  accepts: (request, key, now, config) =>
    verify('sha256', request.body, createPublicKey(config.public_key_pem), Buffer.from(request.headers['x-signature-sha256'], 'base64')),
  longBody: 1000,
  forge: {
    'sha1-in-the-older-header': (request) => {
      delete request.headers['x-signature-sha256'];
      request.headers['x-signature'] = signature('sha1', request.body, mine.privateKey).toString('base64');
    },
  },
});
