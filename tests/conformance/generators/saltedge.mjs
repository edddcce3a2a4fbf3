// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;
const content = (request) => Buffer.from(`${request.url}|${request.text}`);

await suite({
  provider: 'saltedge',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'finish',
      headers: { 'signature-key-version': '5.0' },
      body: '{"data":{"connection_id":"111111111111111111","customer_id":"222222222222222222","custom_fields":{"key":"value"},"stage":"finish"},"meta":{"version":"6","time":"2026-01-01T00:00:00.000Z"}}',
    },
  ],
  sign(request, key) {
    request.headers.signature = crypto.sign('rsa-sha256', content(request), key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify('rsa-sha256', content(request), known(config), Buffer.from(request.headers.signature, 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  signature: 'signature',
  covers: ['body', 'url'],
  longBody: 1000,
  skip: ['valid-html', 'valid-crlf'],
});
