// packages:
import { suite, same } from '../lib/cases.mjs';

const basic = (text) => `Basic ${Buffer.from(text).toString('base64')}`;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

await suite({
  provider: 'zuora',
  by: 'none: documented scheme, Basic authentication',
  config: { secrets: ['callouts:Vb3nK8sQ1xW6zR4tY7uP2mL9'] },
  bodies: [
    { name: 'valid', type: 'PaymentProcessed', id: '2c92c0f86a8dd422016a9e7a70116b0e', body: '{"eventType":"PaymentProcessed","eventId":"2c92c0f86a8dd422016a9e7a70116b0e","accountId":"402880e6","amount":"149.00"}' },
    { name: 'valid-form', type: 'InvoicePosted', id: '2c92c0f86a8dd422016a9e7a70116b0f', headers: form, body: 'eventType=InvoicePosted&eventId=2c92c0f86a8dd422016a9e7a70116b0f&accountId=402880e6' },
    { name: 'valid-query', type: 'AccountEdited', id: '42', url: 'https://hooks.example.com/in/zuora?eventType=AccountEdited&eventId=42', body: '{}' },
    { name: 'valid-untyped', type: 'callout', headers: { 'content-type': 'text/xml' }, body: '<callout><parameter name="AccountId">402880e6</parameter></callout>' },
  ],
  sign(request, secret) {
    request.headers.authorization = basic(secret);
  },
  accepts: (request, secret) => same(request.headers.authorization ?? '', basic(secret)),
  signature: 'authorization',
  covers: [],
  oddBodies: false,
  forge: {
    'user-alone': (request) => void (request.headers.authorization = basic('callouts:')),
    'bearer-instead-of-basic': (request) => void (request.headers.authorization = 'Bearer callouts:Vb3nK8sQ1xW6zR4tY7uP2mL9'),
  },
});
