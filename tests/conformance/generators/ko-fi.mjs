// packages:
import { suite, same } from '../lib/cases.mjs';

const token = '7d2a1f0e-5b6c-4d3e-9f8a-0c1b2d3e4f5a';
const data = (verification_token, type, message_id) =>
  new URLSearchParams({
    data: JSON.stringify({
      verification_token, message_id, timestamp: '2026-01-01T00:00:00Z', type, is_public: true, from_name: 'Jon', message: 'Good luck',
      amount: '3.00', url: 'https://ko-fi.com/Home/CoffeeShop', email: 'jon@example.com', currency: 'USD',
      kofi_transaction_id: '00000000-1111-2222-3333-444444444444',
    }),
  }).toString();
const body = (change) => (request) => {
  request.body = Buffer.from(change);
};

await suite({
  provider: 'ko-fi',
  by: 'none: documented scheme, a token',
  config: { secrets: [token] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'Donation', id: 'c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4c', body: data(token, 'Donation', 'c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4c') },
    { name: 'valid-shop-order', type: 'Shop Order', id: 'c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4d', body: data(token, 'Shop Order', 'c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4d') },
  ],
  sign(request, secret) {
    request.body = Buffer.from(request.text.replace(token, secret));
  },
  accepts(request, secret) {
    return same(JSON.parse(new URLSearchParams(request.text).get('data')).verification_token, secret);
  },
  signature: { form: 'data' },
  covers: [],
  oddBodies: false,
  forge: {
    'empty-token': body(data('', 'Donation', 'c6e9a3a4')),
    'missing-token': body(data(undefined, 'Donation', 'c6e9a3a4')),
    'empty-body': body(''),
  },
});
