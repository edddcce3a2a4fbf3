// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;

await suite({
  provider: 'postal',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem, postal_host: 'postal.example.com' },
  bodies: [
    {
      name: 'valid',
      type: 'MessageSent',
      id: '0fcc4a1b-4a4e-4b6b-9ac1-ecc7f6d3c2b1',
      headers: { 'x-postal-signature-kid': '3f9d0c6a1b2e4d5f8a7c6b5d4e3f2a1b0c9d8e7f6a5b4c3d2e1f0a9b8c7d6e5f' },
      body: '{"event":"MessageSent","timestamp":1767225600.12994,"payload":{"status":"Sent","details":"Message sent by SMTP to aspmx.l.google.com","output":"250 2.0.0 OK","time":0.22,"sent_with_ssl":true,"timestamp":1767225599.92,"message":{"id":12345,"token":"abcdef123","direction":"outgoing","message_id":"5817a64332f44_4ec93ff59e79d154565eb@app34.mail","to":"test@example.com","from":"sales@example.com","subject":"Welcome","tag":"welcome"}},"uuid":"0fcc4a1b-4a4e-4b6b-9ac1-ecc7f6d3c2b1"}',
    },
  ],
  sign(request, key) {
    request.headers['x-postal-signature-256'] = crypto.sign('rsa-sha256', request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify('rsa-sha256', request.body, known(config), Buffer.from(request.headers['x-postal-signature-256'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem, postal_host: 'postal.example.com' },
  longBody: 800,
  skip: ['valid-html', 'valid-crlf'],
});
