// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'interswitch',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'TRANSACTION.COMPLETED',
      body: '{"event":"TRANSACTION.COMPLETED","uuid":"0NWl3ZTLAYZOzbvUyrRmUSnEQX","timestamp":1767225600000,"data":{"responseDescription":"Approved by Financial Institution","responseCode":"00","merchantReference":"order-42","currencyCode":"566","amount":10000,"channel":"WEB","transactionDate":1767225600000}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-interswitch-signature'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-interswitch-signature'], hmac('sha512', secret, request.text));
  },
});
