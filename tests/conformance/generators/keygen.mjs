// packages:
import { createHash, sign, verify } from 'node:crypto';
import { suite, same, keyPair } from '../lib/cases.mjs';

const mine = keyPair('ed25519', 'mine');
const another = keyPair('ed25519', 'another');
const digest = (body) => `sha-256=${createHash('sha256').update(body).digest('base64')}`;
const content = ({ method, url, headers }) => {
  const { pathname, search, host } = new URL(url);
  return Buffer.from(`(request-target): ${method.toLowerCase()} ${pathname}${search}\nhost: ${host}\ndate: ${headers.date}\ndigest: ${headers.digest}`);
};
const event = (name, type, id) => ({
  name, type, id,
  body: JSON.stringify({
    data: {
      id, type: 'webhook-events',
      attributes: { payload: JSON.stringify({ data: { id: '218810ed-2ac8-4c26-a725-a6da67500561', type: 'licenses', attributes: { name: 'Größe' } } }), event: type, created: '2026-01-01T00:00:00.000Z' },
    },
  }),
});

await suite({
  provider: 'keygen',
  by: 'none: documented scheme, Ed25519 over the request target, host, date and digest (draft-cavage)',
  config: { public_key_hex: mine.hex },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/vnd.api+json' },
  bodies: [event('valid', 'license.created', '68c2f1a6-5a3b-4d7e-9f10-1b2c3d4e5f60'), event('valid-machine', 'machine.deleted', '68c2f1a6-5a3b-4d7e-9f10-1b2c3d4e5f61')],
  sign(request, key, now) {
    request.headers.date = new Date(now * 1000).toUTCString();
    request.headers.digest = digest(request.body);
    const signature = sign(null, content(request), key).toString('base64');
    request.headers['keygen-signature'] = `keyid="1fddcec8-8dd3-4d8d-9b16-215cac0f9b52", algorithm="ed25519", signature="${signature}", headers="(request-target) host date digest"`;
  },
  accepts(request, _, now) {
    const [, signature] = /signature="([^"]+)"/.exec(request.headers['keygen-signature']) ?? [];
    return (
      Math.abs(now * 1000 - Date.parse(request.headers.date)) <= 300_000 && same(request.headers.digest, digest(request.body)) &&
      verify(null, content(request), mine.publicKey, Buffer.from(signature, 'base64'))
    );
  },
  signature: 'keygen-signature',
  covers: ['body', 'url', 'method'],
  timestamped: { tolerance_s: 300 },
  longBody: 500,
  forge: {
    'digest-of-another-body': (request) => {
      request.body = Buffer.from(request.text.replace('license.created', 'license.deleted'));
      request.headers.digest = digest(request.body);
    },
  },
});
