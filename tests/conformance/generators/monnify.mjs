// packages: monnify-nodejs-lib@3.0.0
import { suite, hmac } from '../lib/cases.mjs';

process.env.MONNIFY_ENV = 'SANDBOX';
const { MonnifyAPI } = await import('monnify-nodejs-lib');
const valid = '{"eventType":"SUCCESSFUL_TRANSACTION","eventData":{"product":{"reference":"1636106097661","type":"RESERVED_ACCOUNT"},"transactionReference":"MNFY|04|20211117112842|000170","paymentReference":"MNFY|04|20211117112842|000170","paidOn":"2026-01-01 00:00:00.0","amountPaid":3000,"totalPayable":3000,"paymentMethod":"ACCOUNT_TRANSFER","currency":"NGN","paymentStatus":"PAID","customer":{"name":"John Doe","email":"jon@example.com"}}}';

await suite({
  provider: 'monnify',
  by: 'monnify-nodejs-lib@3.0.0 computeTransactionHash',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'SUCCESSFUL_TRANSACTION',
      body: valid,
    },
    { name: 'valid-utf8', type: 'SUCCESSFUL_TRANSACTION', body: valid.replace('John Doe', 'Zoë Größe ☃') },
  ],
  sign(request, secret) {
    request.headers['monnify-signature'] = hmac('sha512', secret, request.text);
  },
  accepts: (request, secret) =>
    new MonnifyAPI({ MONNIFY_APIKEY: 'MK_TEST_A1B2C3D4E5', MONNIFY_SECRET: secret }).transaction.computeTransactionHash(request.json, request.headers['monnify-signature']),
  // The package writes the JSON anew, without blanks, as Monnify sends it.
  oddBodies: false,
  lenient: ['tampered-body-trailing-newline'],
});
