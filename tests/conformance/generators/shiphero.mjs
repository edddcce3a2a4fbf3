// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'shiphero',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'Order Canceled',
      body: '{"webhook_type":"Order Canceled","account_id":11111,"order_id":42,"order_uuid":"T3JkZXI6NDI=","order_number":"#1042","order_status":"canceled","partner_order_id":"820982911946154500"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-shiphero-hmac-sha256'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-shiphero-hmac-sha256'], hmac('sha256', secret, request.text, 'base64'));
  },
});
