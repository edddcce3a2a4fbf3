// packages: @hubspot/api-client@13.5.0
import { createHash } from 'node:crypto';
import { suite } from '../lib/cases.mjs';
import hubspot from '@hubspot/api-client';

const { Signature } = hubspot;
const secret = 'e8f2c1d4-5b6a-4c3d-9e8f-0a1b2c3d4e5f';
const header = 'x-hubspot-signature';
const headers = { 'content-type': 'application/json', 'x-hubspot-signature-version': 'v1' };
const event = (eventId, subscriptionType) => ({ eventId, subscriptionId: 3923621, portalId: 48807704, appId: 16111050, occurredAt: 1767225600000, subscriptionType, attemptNumber: 0, objectId: 45270947945 });
const creation = JSON.stringify([event(531833541, 'contact.creation')]);
const options = (request, clientSecret) => ({ clientSecret, requestBody: request.text });

// SHA-256 of secret and body continued without the secret: its padding, then what the forger likes.
const padding = Buffer.concat([Buffer.of(0x80), Buffer.alloc(26), Buffer.of(0x07, 0x18)]);
const continued = Buffer.concat([Buffer.from(creation), padding, Buffer.from('[{"eventId":1,"subscriptionType":"contact.deletion","occurredAt":1767225600000,"objectId":1}]')]);

await suite({
  provider: 'hubspot-v1',
  by: '@hubspot/api-client@13.5.0 Signature.isValid',
  config: { secrets: [secret] },
  headers,
  bodies: [
    { name: 'valid', type: 'contact.creation', id: '531833541', body: creation },
    { name: 'valid-batch', type: 'contact.creation', id: '531833541', body: JSON.stringify([event(531833541, 'contact.creation'), event(531833542, 'deal.propertyChange')]) },
  ],
  longBody: 2000,
  sign: (request, secret) => void (request.headers[header] = Signature.getSignature('POST', 'v1', options(request, secret))),
  accepts: (request, secret) => Signature.isValid({ signatureVersion: 'v1', signature: request.headers[header], ...options(request, secret) }),
  forge: {
    'secret-behind-the-body': (request) => void (request.headers[header] = Signature.getSignature('POST', 'v1', { clientSecret: request.text, requestBody: secret })),
  },
  extra: [
    {
      case: 'length-extension', expect: 'reject', body: continued, verified_by: 'none: SHA-256 continued without the secret',
      headers: { ...headers, [header]: createHash('sha256').update(secret).update(continued).digest('hex') },
    },
    { case: 'signed-body-that-is-not-json', expect: 'reject', sign: true, body: 'hello' },
  ],
  // Right by the package; what is no JSON could be a continued hash.
  lenient: ['signed-body-that-is-not-json'],
});
