// packages:
import { suite, put, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_base64 === mine.base64 ? mine : another).publicKey;
const content = (request) => Buffer.from(JSON.stringify(request.json.payload));

await suite({
  provider: 'bitso',
  by: 'none: documented scheme',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'funding',
      body: '{"event":"funding","payload":{"fid":"c5b8d7f0768ee91d3b33bee648318688","status":"complete","created_at":"2026-01-01T00:00:00+00:00","currency":"mxn","method":"praxis","method_name":"SPEI","amount":"100.00","details":{"sender_name":"Jon","sender_clabe":"646180115400000000","clave_rastreo":"BNET01002401010000000001"}}}',
    },
  ],
  sign(request, key) {
    request.headers['x-bitso-webhook-event-signature'] = crypto.sign('rsa-sha256', content(request), key).toString('base64');
    request.headers['x-bitso-key-id'] = 'key-1';
  },
  accepts(request, key, now, config) {
    return crypto.verify('rsa-sha256', content(request), known(config), Buffer.from(request.headers['x-bitso-webhook-event-signature'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_base64: another.base64 },
  signature: 'x-bitso-webhook-event-signature',
  covers: [],
  oddBodies: false,
  forge: {
    'tampered-amount': (request) => put(request, { json: '/payload/amount' }, '999.00'),
    'tampered-status': (request) => put(request, { json: '/payload/status' }, 'failed'),
  },
});
