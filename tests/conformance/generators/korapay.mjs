// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';

await suite({
  provider: 'korapay',
  by: 'none: documented scheme',
  config: { secrets: ['sk_test_A1b2C3d4E5f6G7h8I9j0K1l2'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.success',
      body: '{"event":"charge.success","data":{"reference":"KPY-C-cUHkIH&x15QaFhNl","currency":"NGN","amount":"2500","fee":"37.5","status":"success","payment_method":"bank_transfer","payment_reference":"order-42"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-korapay-signature'] = hmac('sha256', secret, JSON.stringify(request.json.data));
  },
  accepts(request, secret) {
    return same(request.headers['x-korapay-signature'], hmac('sha256', secret, JSON.stringify(request.json.data)));
  },
  covers: [],
  oddBodies: false,
  forge: {
    'tampered-amount': (request) => put(request, { json: '/data/amount' }, '9999'),
    'tampered-status': (request) => put(request, { json: '/data/status' }, 'failed'),
  },
});
