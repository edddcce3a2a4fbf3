// packages:
import { suite, hmac, same, put } from '../lib/cases.mjs';

await suite({
  provider: 'ecwid',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.updated',
      id: '80aece08-40e8-4145-8764-6c2f0d38678',
      body: '{"eventId":"80aece08-40e8-4145-8764-6c2f0d38678","eventCreated":1767225600,"storeId":1003,"entityId":103878161,"eventType":"order.updated","data":{"orderId":"XJ12H","oldPaymentStatus":"AWAITING_PAYMENT","newPaymentStatus":"PAID","oldFulfillmentStatus":"PROCESSING","newFulfillmentStatus":"SHIPPED"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-ecwid-webhook-signature'] = hmac('sha256', secret, `${request.json.eventCreated}.${request.json.eventId}`, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-ecwid-webhook-signature'], hmac('sha256', secret, `${request.json.eventCreated}.${request.json.eventId}`, 'base64'));
  },
  covers: [],
  forge: {
    'another-id': (request) => put(request, { json: '/eventId' }, '80aece08-40e8-4145-8764-6c2f0d38679'),
  },
});
