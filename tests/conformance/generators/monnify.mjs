// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'monnify',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'SUCCESSFUL_TRANSACTION',
      body: '{"eventType":"SUCCESSFUL_TRANSACTION","eventData":{"product":{"reference":"1636106097661","type":"RESERVED_ACCOUNT"},"transactionReference":"MNFY|04|20211117112842|000170","paymentReference":"MNFY|04|20211117112842|000170","paidOn":"2026-01-01 00:00:00.0","amountPaid":3000,"totalPayable":3000,"paymentMethod":"ACCOUNT_TRANSFER","currency":"NGN","paymentStatus":"PAID","customer":{"name":"John Doe","email":"jon@example.com"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['monnify-signature'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['monnify-signature'], hmac('sha512', secret, request.text));
  },
});
