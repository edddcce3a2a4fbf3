// packages: @hubspot/api-client@14.0.1
import { suite } from '../lib/cases.mjs';
import hubspot from '@hubspot/api-client';

const { Signature } = hubspot;
const url = 'https://hooks.example.com/in/hubspot-v2';
const header = 'x-hubspot-signature';
const options = (request, clientSecret) => ({ clientSecret, url: request.url, requestBody: request.text });

await suite({
  provider: 'hubspot-v2',
  by: '@hubspot/api-client@14.0.1 Signature.isValid',
  config: { secrets: ['6fb1c2d3-2b3c-4d5e-8f90-1a2b3c4d5e6f'], url },
  bodies: [
    {
      name: 'valid',
      type: 'workflow.CONTACT',
      headers: { 'x-hubspot-signature-version': 'v2' },
      body: '{"portalId":48807704,"objectType":"CONTACT","objectTypeId":"0-1","objectId":45270947945,"properties":{"email":{"value":"jane@example.com","timestamp":1767225599000,"source":"CRM_UI"},"firstname":{"value":"Jane","timestamp":1767225599000,"source":"CRM_UI"},"lifecyclestage":{"value":"customer","timestamp":1767225600000,"source":"CRM_UI"}},"version":3,"isDeleted":false}',
    },
    {
      name: 'valid-subscription',
      type: 'contact.creation',
      id: '531833541',
      headers: { 'x-hubspot-signature-version': 'v2' },
      body: '[{"eventId":531833541,"subscriptionId":3923621,"portalId":48807704,"appId":16111050,"occurredAt":1767225600000,"subscriptionType":"contact.creation","attemptNumber":0,"objectId":45270947945,"changeFlag":"CREATED","changeSource":"CRM_UI"}]',
    },
  ],
  longBody: 800,
  url,
  sign: (request, secret) => void (request.headers[header] = Signature.getSignature(request.method, 'v2', options(request, secret))),
  accepts: (request, secret) => Signature.isValid({ method: request.method, signatureVersion: 'v2', signature: request.headers[header], ...options(request, secret) }),
  covers: ['body', 'url', 'method'],
  extra: [
    { case: 'secret-in-front-continued', expect: 'reject', body: '{"a":1}\u0080{"b":2}', sign: true },
  ],
  // Right by the package; as no JSON it could be a continued hash.
  lenient: ['secret-in-front-continued'],
});
