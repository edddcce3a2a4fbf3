// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'fourthwall',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ORDER_PLACED',
      id: 'weve_D1i8ylp6SJaFeXqeOwgABw',
      body: '{"testMode":false,"id":"weve_D1i8ylp6SJaFeXqeOwgABw","webhookId":"wcon_Ky9oM7jXSSqGbSZKvKF7Cg","shopId":"sh_3fb1d8a8-7b24-4d2e-9b1a-0c9a7e10b5f1","type":"ORDER_PLACED","apiVersion":"V1","createdAt":"2026-01-01T00:00:00.000Z","data":{"id":"73d6d6f1-0a5c-4b3b-9a3f-1c2d3e4f5a6b","friendlyId":"D3XCUF42","status":"CONFIRMED","email":"jon@example.com","amounts":{"total":{"value":19.9,"currency":"USD"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-fourthwall-hmac-sha256'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-fourthwall-hmac-sha256'], hmac('sha256', secret, request.text, 'base64'));
  },
});
