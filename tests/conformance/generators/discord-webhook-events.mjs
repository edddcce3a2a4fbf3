// packages: discord-interactions@4.4.0
import { keyPair, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { verifyKey } from 'discord-interactions';

const mine = keyPair('ed25519');
const another = keyPair('ed25519', 'another');

await suite({
  provider: 'discord-webhook-events',
  by: 'discord-interactions@4.4.0 verifyKey',
  config: { public_key_hex: mine.hex },
  bodies: [
    {
      name: 'valid',
      type: 'APPLICATION_AUTHORIZED',
      body: '{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"APPLICATION_AUTHORIZED","timestamp":"2026-01-01T00:00:00.064834+00:00","data":{"integration_type":1,"scopes":["applications.commands"],"user":{"id":"80351110224678912","username":"nelly","discriminator":"1337","avatar":"8342729096ea3675442027381ff50dfe","global_name":"Nelly","bot":false}}}}',
    },
    {
      name: 'valid-entitlement-create',
      type: 'ENTITLEMENT_CREATE',
      id: '5a2f28e746a797484a7b4619b0568db383d9030713727e2ab77c8f2abdff7cc9',
      body: '{"version":1,"application_id":"1234560123453231555","type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"2026-01-01T00:00:00.064834+00:00","data":{"user_id":"80351110224678912","sku_id":"1158857122189168803","application_id":"1234560123453231555","id":"1234505980407808808","type":4,"deleted":false,"consumed":false,"starts_at":"2026-01-01T00:00:00.000000+00:00","ends_at":null}}}',
    },
  ],
  otherConfig: { public_key_hex: another.hex },
  keys: [mine.privateKey, another.privateKey],
  sign(request, key, now) {
    request.headers['x-signature-timestamp'] = String(now);
    request.headers['x-signature-ed25519'] = crypto.sign(null, Buffer.concat([Buffer.from(String(now)), request.body]), key).toString('hex');
  },
  accepts(request, key, now, { public_key_hex: publicKey }) {
    return verifyKey(request.body, request.headers['x-signature-ed25519'] ?? '', request.headers['x-signature-timestamp'] ?? '', publicKey);
  },
  timestamped: { tolerance_s: 300 },
  // The package looks at no time.
  lenient: ['stale-timestamp', 'future-timestamp'],
  extra: [
    { case: 'handshake-ping', expect: 'handshake', sign: true, body: '{"version":1,"application_id":"1234560123453231555","type":0}', expect_status: 204, expect_reply: '' },
    { case: 'handshake-ping-unsigned', expect: 'reject', body: '{"version":1,"application_id":"1234560123453231555","type":0}' },
  ],
});
