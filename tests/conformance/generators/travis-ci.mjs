// packages:
import { createPublicKey, sign as signature, verify } from 'node:crypto';
import { suite, keyPair, read } from '../lib/cases.mjs';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const build = (state, started_at, finished_at) => `payload=${encodeURIComponent(JSON.stringify({
  id: 123456789, number: '42', type: 'push', state, status_message: state, started_at, finished_at, message: 'Größer & schneller +', repository: { id: 1771959, name: 'widgets', owner_name: 'acme' },
}))}`;
const started = '2026-01-01T00:00:00Z';
const finished = '2026-01-01T00:02:30Z';

await suite({
  provider: 'travis-ci',
  by: 'none: documented scheme, RSA-SHA1 of the form field payload',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/x-www-form-urlencoded', 'travis-repo-slug': 'acme/widgets' },
  bodies: [
    { name: 'valid', type: 'build.passed', id: `123456789:passed:${finished}`, body: build('passed', started, finished) },
    { name: 'valid-started', type: 'build.started', id: `123456789:started:${started}`, body: build('started', started, null) },
  ],
  sign(request, key) {
    request.headers.signature = signature('sha1', Buffer.from(read(request, { form: 'payload' })), key).toString('base64');
  },
  accepts: (request, key, now, config) =>
    verify('sha1', Buffer.from(read(request, { form: 'payload' })), createPublicKey(config.public_key_pem), Buffer.from(request.headers.signature, 'base64')),
  signature: 'signature',
  oddBodies: 'form',
  longBody: 1000,
  tamper: (text) => text.replace('passed', 'failed'),
});
