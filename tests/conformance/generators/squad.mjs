// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'squad',
  by: 'none: documented scheme',
  config: { secrets: ['sandbox_sk_A1b2C3d4E5f6G7h8I9j0'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge_successful',
      body: '{"Event":"charge_successful","TransactionRef":"SQTECH6389058547434300003","Body":{"amount":11000,"transaction_ref":"SQTECH6389058547434300003","gateway_ref":"SQTECH6389058547434300003_1_6_1","transaction_status":"Success","email":"jon@example.com","merchant_id":"SBSJ3KMH","currency":"NGN","transaction_type":"Card","created_at":"2026-01-01T00:00:00.000"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-squad-encrypted-body'] = hmac('sha512', secret, request.text).toUpperCase();
  },
  accepts(request, secret) {
    return same(request.headers['x-squad-encrypted-body'], hmac('sha512', secret, request.text).toUpperCase());
  },
});
