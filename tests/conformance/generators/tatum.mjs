// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'tatum',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ADDRESS_EVENT',
      body: '{"address":"0xf6767e8ab0e7a5ccdc7f5a2e6e2f9f6c5f0b7a11","amount":"0.001","counterAddress":"0xf6767e8ab0e7a5ccdc7f5a2e6e2f9f6c5f0b7a12","asset":"ETH","blockNumber":2913059,"txId":"0x062d236ccc044f68194a04008e98c3823271dc26160a4db9ae9303f9ecfc7bf6","type":"native","chain":"ethereum-mainnet","subscriptionId":"6956f0b2a8f6cd1d0e1c2a3b","subscriptionType":"ADDRESS_EVENT"}',
    },
  ],
  sign(request, secret) {
    request.headers['x-payload-hash'] = hmac('sha512', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-payload-hash'], hmac('sha512', secret, request.text, 'base64'));
  },
});
