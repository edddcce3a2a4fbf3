// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'oxapay',
  by: 'none: documented scheme',
  config: { secrets: ['OXAPAY-A1B2C3-D4E5F6-G7H8I9'] },
  bodies: [
    {
      name: 'valid',
      type: 'invoice.paid',
      body: '{"track_id":"151811887","status":"Paid","type":"invoice","module_name":"sdk","amount":10.0,"value":9.9,"currency":"POL","order_id":"order-42","email":"jon@example.com","txs":[{"status":"confirmed","tx_hash":"0x062d236ccc044f68194a04008e98c3823271dc26160a4db9ae9303f9ecfc7bf6","received_amount":10.0,"network":"Polygon","date":1767225590}],"date":1767225600}',
    },
  ],
  sign(request, secret) {
    request.headers['hmac'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['hmac'], hmac('sha512', secret, request.text));
  },
});
