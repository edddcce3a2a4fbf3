// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const expected = (request, secret) => hmac('sha512', secret, request.body);

await suite({
  provider: 'paystack',
  by: 'none: documented scheme, HMAC-SHA512 of the body in hex',
  config: { secrets: ['sk_test_4f8a1c6d2b9e4035a7c1e8d3f6b2094c5d7e9f01'] },
  bodies: [
    { name: 'valid', type: 'charge.success', body: '{"event":"charge.success","data":{"id":302961,"domain":"live","status":"success","reference":"qTPrJoy9Bx","amount":10000,"paid_at":"2026-01-01T00:00:00.000Z","channel":"card","currency":"NGN","customer":{"id":68324,"first_name":"Zoë","email":"bojack@example.com"}}}' },
    { name: 'valid-transfer', type: 'transfer.success', body: '{"event":"transfer.success","data":{"amount":100000,"createdAt":"2026-01-01T00:00:00.000Z","currency":"NGN","id":37272792,"reference":"1jhbs3ozmen0k7y5efmw","status":"success","transfer_code":"TRF_wpl1dem4967avzm"}}' },
  ],
  sign(request, secret) {
    request.headers['x-paystack-signature'] = expected(request, secret);
  },
  accepts: (request, secret) => same(request.headers['x-paystack-signature'] ?? '', expected(request, secret)),
});
