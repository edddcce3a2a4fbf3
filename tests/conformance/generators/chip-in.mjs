// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;

await suite({
  provider: 'chip-in',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'purchase.paid',
      body: '{"id":"619740f9-5b02-4f2a-8d0a-7d8b8a9f1011","type":"purchase","event_type":"purchase.paid","status":"paid","created_on":1767225590,"updated_on":1767225600,"reference":"order-42","is_test":true,"client":{"email":"jon@example.com"},"purchase":{"total":100,"currency":"MYR"},"payment":{"amount":100,"currency":"MYR","paid_on":1767225600}}',
    },
  ],
  sign(request, key) {
    request.headers['x-signature'] = crypto.sign('rsa-sha256', request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify('rsa-sha256', request.body, known(config), Buffer.from(request.headers['x-signature'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  longBody: 1000,
});
