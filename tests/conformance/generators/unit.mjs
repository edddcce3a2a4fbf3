// packages: @unit-finance/unit-node-sdk@0.41.0
import { createRequire } from 'node:module';
import { suite, hmac } from '../lib/cases.mjs';

const { Unit } = createRequire(import.meta.url)('@unit-finance/unit-node-sdk');
const { webhooks } = new Unit('token', 'https://api.s.unit.sh');
const event = (type, id) => ({ id, type, attributes: { createdAt: '2026-01-01T00:00:00.000Z', tags: { purpose: 'täx' } }, relationships: { customer: { data: { id: '6553', type: 'individualCustomer' } } } });
const batch = (...data) => JSON.stringify({ data });

await suite({
  provider: 'unit',
  by: '@unit-finance/unit-node-sdk@0.41.0 webhooks.verify',
  config: { secrets: ['q7Zr2mXv9Lc4Tn6Wb1Kp8Ys3'] },
  headers: { 'content-type': 'application/vnd.api+json' },
  bodies: [
    { name: 'valid', type: 'customer.created', id: '376', body: batch(event('customer.created', '376')) },
    { name: 'valid-batch', type: 'account.created', id: '377', body: batch(event('account.created', '377'), event('transaction.created', '378')) },
  ],
  sign(request, secret) {
    request.headers['x-unit-signature'] = hmac('sha1', secret, request.body, 'base64');
  },
  accepts: (request, secret) => webhooks.verify(request.headers['x-unit-signature'], secret, request.json),
  oddBodies: false, // The package takes the parsed body and writes it anew.
  lenient: ['tampered-body-trailing-newline'],
});
