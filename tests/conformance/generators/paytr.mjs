// packages:
import { suite, hmac, same, read, put } from '../lib/cases.mjs';

const mac = (request, secret, salt) => {
  const [order, status, amount] = ['merchant_oid', 'status', 'total_amount'].map((form) => read(request, { form }));
  return hmac('sha256', secret, `${order}${salt}${status}${amount}`, 'base64');
};

await suite({
  provider: 'paytr',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8'], merchant_salt: 'Z9y8X7w6V5u4T3s2' },
  bodies: [
    {
      name: 'valid',
      type: 'payment.success',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'merchant_oid=order42&status=success&total_amount=1000&hash=&failed_reason_code=&failed_reason_msg=&test_mode=1&payment_type=card&currency=TL&payment_amount=1000',
    },
  ],
  sign(request, secret, now, config) {
    put(request, { form: 'hash' }, mac(request, secret, config.merchant_salt));
  },
  accepts(request, secret, now, config) {
    return same(read(request, { form: 'hash' }), mac(request, secret, config.merchant_salt));
  },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  signature: { form: 'hash' },
  covers: [],
  oddBodies: false,
  forge: {
    'another-order': (request) => put(request, { form: 'merchant_oid' }, 'order43'),
    'another-status': (request) => put(request, { form: 'status' }, 'failed'),
    'another-amount': (request) => put(request, { form: 'total_amount' }, '1'),
  },
});
