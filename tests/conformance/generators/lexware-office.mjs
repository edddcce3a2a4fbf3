// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('rsa'), keyPair('rsa', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;

await suite({
  provider: 'lexware-office',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem, organization_ids: ['aa93e8a8-2aa3-470b-b914-caad8a255dd8'] },
  bodies: [
    {
      name: 'valid',
      type: 'contact.changed',
      body: '{"organizationId":"aa93e8a8-2aa3-470b-b914-caad8a255dd8","eventType":"contact.changed","resourceId":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","eventDate":"2026-01-01T00:00:00.000+01:00"}',
    },
  ],
  sign(request, key) {
    request.headers['x-lxo-signature'] = crypto.sign('rsa-sha512', request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    const fits = crypto.verify('rsa-sha512', request.body, known(config), Buffer.from(request.headers['x-lxo-signature'], 'base64'));
    return fits && config.organization_ids.includes(request.json.organizationId);
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem, organization_ids: ['aa93e8a8-2aa3-470b-b914-caad8a255dd8'] },
  longBody: 1000,
  extra: [
    {
      case: 'another-organization',
      expect: 'reject',
      sign: true,
      body: '{"organizationId":"aa93e8a8-2aa3-470b-b914-caad8a255dd9","eventType":"contact.changed"}',
    },
  ],
});
