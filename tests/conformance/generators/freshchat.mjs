// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;

await suite({
  provider: 'freshchat',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'message_create',
      body: '{"actor":{"actor_type":"user","actor_id":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17"},"action":"message_create","action_time":"2026-01-01T00:00:00.000Z","data":{"message":{"message_parts":[{"text":{"content":"Hello"}}],"app_id":"2f6d0b39-93ad-4a8a-8e38-6a8a1f6f7b42","actor_id":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","id":"fa98fa2e-d6cd-45b4-acf5-bc1d2bbb8ba9","conversation_id":"58e6d24d-6098-4319-be8d-40c3cb0a402d","message_type":"normal","actor_type":"user","created_time":"2026-01-01T00:00:00.000Z"}}}',
    },
  ],
  sign(request, key) {
    request.headers['x-freshchat-signature'] = crypto.sign('rsa-sha256', request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify('rsa-sha256', request.body, known(config), Buffer.from(request.headers['x-freshchat-signature'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  longBody: 1000,
});
