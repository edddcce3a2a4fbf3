// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'btcpay',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'InvoiceSettled',
      id: 'Vk5Jv2Qz6mPqR7xT1y8wLA',
      headers: { 'user-agent': 'BTCPayServer/2.0.0' },
      body: '{"manuallyMarked":false,"overPaid":false,"deliveryId":"Vk5Jv2Qz6mPqR7xT1y8wLA","webhookId":"8fYgVb3rNqWcQ1w2E3r4T5","originalDeliveryId":"Vk5Jv2Qz6mPqR7xT1y8wLA","isRedelivery":false,"type":"InvoiceSettled","timestamp":1767225600,"storeId":"9CiNzKoANXxmk5ayZngSXrHTiVvvgCrwrpFQd4m2K776","invoiceId":"CZ1bnY9P5uKqzqYpHSRdyG","metadata":{"orderId":"42"}}',
    },
  ],
  sign(request, secret) {
    request.headers['btcpay-sig'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['btcpay-sig'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
