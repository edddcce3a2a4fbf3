// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tiendanube',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    { name: 'valid', type: 'order/created', body: '{"store_id":123456,"event":"order/created","id":987654321}' },
    { name: 'valid-product-updated', type: 'product/updated', body: '{"store_id":123456,"event":"product/updated","id":987654322}' },
  ],
  sign(request, secret) {
    request.headers['x-linkedstore-hmac-sha256'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-linkedstore-hmac-sha256'], hmac('sha256', secret, request.text));
  },
});
