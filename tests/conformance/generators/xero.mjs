// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const tenantId = 'c2cc9b6e-9458-4c7d-93cc-f02b81b0594f';
const event = (eventCategory, eventType, resourceId) => ({
  resourceUrl: `https://api.xero.com/api.xro/2.0/${resourceId}`, resourceId, tenantId, tenantType: 'ORGANISATION', eventCategory, eventType, eventDateUtc: '2026-01-01T00:00:00.000',
});
const batch = (...events) => JSON.stringify({ events, firstEventSequence: 1, lastEventSequence: events.length, entropy: 'S0m3r4Nd0mt3xt' });
const id = (resource, type) => `${tenantId}:${resource}:${type}:2026-01-01T00:00:00.000`;
const contact = event('CONTACT', 'UPDATE', '717f2bfc-c6d4-41fd-b238-3f2f0c0cf777');
const invoice = event('INVOICE', 'CREATE', '44aa0707-f718-4f1c-8d53-f2da9ca59533');

await suite({
  provider: 'xero',
  by: 'none: documented scheme, base64 of HMAC-SHA256 of the body',
  config: { secrets: ['sB6N1mXz0kQWZl7rTq3vYp9uFj5dHc2eGa8iLo4n=='] },
  bodies: [
    { name: 'valid', type: 'CONTACT.UPDATE', id: id(contact.resourceId, 'UPDATE'), body: batch(contact) },
    { name: 'valid-batch', type: 'INVOICE.CREATE', id: id(invoice.resourceId, 'CREATE'), body: batch(invoice, contact) },
    // The intent to receive: nothing to publish, and 401 for a wrong signature.
    { name: 'valid-intent-to-receive', body: '{"events":[],"firstEventSequence":0,"lastEventSequence":0,"entropy":"S0m3r4Nd0mt3xt"}' },
  ],
  sign(request, secret) {
    request.headers['x-xero-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts: (request, secret) => same(request.headers['x-xero-signature'] ?? '', hmac('sha256', secret, request.body, 'base64')),
});
