// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'printify',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order:created',
      id: '653b6be8-2ff7-4ab5-a7a6-6889a8b3bbf5',
      body: '{"id":"653b6be8-2ff7-4ab5-a7a6-6889a8b3bbf5","type":"order:created","created_at":"2026-01-01 00:00:00+00:00","resource":{"id":"5d39b411749d0a000f30e0f4","type":"order","data":{"shop_id":815256,"status":"on-hold"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-pfy-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-pfy-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
