// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'column',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'ach.outgoing_transfer.settled',
      id: 'evnt_2Ur3bRYJFhVsQ9v8sV4Zp1Xk0aB',
      body: '{"id":"evnt_2Ur3bRYJFhVsQ9v8sV4Zp1Xk0aB","created_at":"2026-01-01T00:00:00Z","type":"ach.outgoing_transfer.settled","data":{"id":"acht_2Ur3bQ1Z8QxK0w4vQ7pVnRzEw1c","amount":10000,"currency_code":"USD","status":"settled","type":"CREDIT","bank_account_id":"bacc_2Ur3bPz"}}',
    },
  ],
  sign(request, secret) {
    request.headers['column-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['column-signature'], hmac('sha256', secret, request.text));
  },
});
