// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'clearbit',
  by: 'none: documented scheme, sha1= and HMAC-SHA1 of the body in hex',
  config: { secrets: ['sk_2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4'] },
  bodies: [
    {
      name: 'valid',
      type: 'person',
      body: '{"id":"9a2f4c61-7b1e-4b0c-8a7a-1a2d3f4b5c6d","type":"person","body":{"id":"d54c54ad-40be-4305-8a34-0ab44710b90d","name":{"fullName":"Alex Example","givenName":"Alex","familyName":"Example"},"email":"alex@example.com","location":"Berlin, DE","timeZone":"Europe/Berlin","bio":"Maker of examples.","site":"https://example.com","employment":{"domain":"example.com","name":"Example","title":"Founder","role":"leadership"}},"status":200}',
    },
    {
      name: 'valid-company',
      type: 'company',
      body: '{"id":"9a2f4c61-7b1e-4b0c-8a7a-1a2d3f4b5c6d","type":"company","body":null,"status":404}',
    },
  ],
  sign(request, secret) {
    request.headers['x-request-signature'] = `sha1=${hmac('sha1', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-request-signature'], `sha1=${hmac('sha1', secret, request.body)}`),
});
