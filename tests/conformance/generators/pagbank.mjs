// packages:
import { suite, same } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const digest = (request, secret) => createHash('sha256').update(`${secret}-${request.text}`).digest('hex');

await suite({
  provider: 'pagbank',
  by: 'none: documented scheme',
  config: { secrets: ['b9f8e7d6-5c4b-4a39-8271-605f4e3d2c1b0a9f'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.PAID',
      body: '{"id":"ORDE_F4A3E2D1-0B9C-4A8D-9E7F-6C5B4A3D2E1F","reference_id":"order-42","created_at":"2026-01-01T00:00:00.000-03:00","charges":[{"id":"CHAR_F4A3E2D1-0B9C-4A8D-9E7F-6C5B4A3D2E10","reference_id":"charge-42","status":"PAID","amount":{"value":500,"currency":"BRL"},"paid_at":"2026-01-01T00:00:05.000-03:00","payment_method":{"type":"PIX"}}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-authenticity-token'] = digest(request, secret);
  },
  accepts(request, secret) {
    return same(request.headers['x-authenticity-token'], digest(request, secret));
  },
});
