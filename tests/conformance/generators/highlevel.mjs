// packages: @gohighlevel/api-client@3.1.0
import { suite, keyPair } from '../lib/cases.mjs';
import { sign } from 'node:crypto';
import { WebhookManager } from '@gohighlevel/api-client/dist/lib/webhook/webhook-manager.js';

const mine = keyPair('ed25519', 'mine');
const another = keyPair('ed25519', 'another');
const quiet = { debug() {}, warn() {}, error() {} };
const manager = new WebhookManager(quiet);

await suite({
  provider: 'highlevel',
  by: '@gohighlevel/api-client@3.1.0 WebhookManager.verifyEd25519Signature',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'ContactCreate',
      id: '28559c8d-f0d0-4e0a-9a3c-6d1f7e0b2c4d',
      body: '{"type":"ContactCreate","locationId":"ve9EPM428h8vShlRW1KT","versionId":"665c6bb13d4e5364bdec0e2f","appId":"665c6bb13d4e5364bdec0e2e","id":"nmFmQEsNgz6AVpgLVUJ0","address":"3535 1st St N","city":"ruDolomitebika","country":"US","email":"john@example.com","firstName":"John","lastName":"Deo","phone":"+12025550123","source":"xyz form","tags":["nisi","sint"],"dateAdded":"2026-01-01T00:00:00.000Z","timestamp":"2026-01-01T00:00:00.225Z","webhookId":"28559c8d-f0d0-4e0a-9a3c-6d1f7e0b2c4d"}',
    },
    {
      name: 'valid-opportunitystatusupdate',
      type: 'OpportunityStatusUpdate',
      id: '28559c8d-f0d0-4e0a-9a3c-6d1f7e0b2c4e',
      body: '{"type":"OpportunityStatusUpdate","locationId":"ve9EPM428h8vShlRW1KT","versionId":"665c6bb13d4e5364bdec0e2f","appId":"665c6bb13d4e5364bdec0e2e","id":"wWhVuzvpRuOA1ZVWi4FC","assignedTo":"bNl8QNGXhIQJLv8eeASQ","contactId":"cJAWDskpkJHbRbhAT7bs","monetaryValue":473,"name":"Loram ipsum","pipelineId":"VDm7RPYC2GLUvdpKmBfC","status":"won","timestamp":"2026-01-01T00:00:05.225Z","webhookId":"28559c8d-f0d0-4e0a-9a3c-6d1f7e0b2c4e"}',
    },
  ],
  longBody: 800,
  otherConfig: { public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  sign: (request, key) => void (request.headers['x-ghl-signature'] = sign(null, request.body, key).toString('base64')),
  accepts: (request, key, now, config) => manager.verifyEd25519Signature(request.body, request.headers['x-ghl-signature'], config.public_key_pem),
});
