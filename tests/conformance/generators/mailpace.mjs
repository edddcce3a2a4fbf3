// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('ed25519'), keyPair('ed25519', 'another')];
const known = (config) => (config.public_key_base64 === mine.base64 ? mine : another).publicKey;

await suite({
  provider: 'mailpace',
  by: 'none: documented scheme',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'email.delivered',
      body: '{"event":"email.delivered","payload":{"status":"delivered","id":1,"domain_id":1,"created_at":"2026-01-01T00:00:00.000Z","updated_at":"2026-01-01T00:00:05.000Z","from":"test@example.com","to":"jon@example.com","subject":"Hello","message_id":"<1@mailer.mailpace.com>","list_unsubscribe":"","tags":["welcome"]}}',
    },
  ],
  sign(request, key) {
    request.headers['x-mailpace-signature'] = crypto.sign(null, request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify(null, request.body, known(config), Buffer.from(request.headers['x-mailpace-signature'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_base64: another.base64 },
});
