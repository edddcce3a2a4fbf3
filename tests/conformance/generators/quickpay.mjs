// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'quickpay',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'Payment',
      headers: { 'quickpay-resource-type': 'Payment', 'quickpay-account-id': '1', 'quickpay-api-version': 'v10' },
      body: '{"id":7,"merchant_id":1,"order_id":"order-42","accepted":true,"type":"Payment","currency":"DKK","state":"new","test_mode":true,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:05Z","operations":[{"id":1,"type":"authorize","amount":1990,"pending":false,"qp_status_code":"20000","aq_status_code":"000"}]}',
    },
  ],
  sign(request, secret) {
    request.headers['quickpay-checksum-sha256'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['quickpay-checksum-sha256'], hmac('sha256', secret, request.text));
  },
});
