// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'cloudpayments',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'TransactionId=897738764&Amount=10.00&Currency=RUB&PaymentAmount=10.00&PaymentCurrency=RUB&OperationType=Payment&InvoiceId=order-42&AccountId=user-42&DateTime=2026-01-01+00%3A00%3A00&IpAddress=192.0.2.1&CardFirstSix=411111&CardLastFour=1111&CardType=Visa&Status=Completed&TestMode=1',
    },
    {
      name: 'valid-refund',
      type: 'refund',
      headers: { 'content-type': 'application/json' },
      body: '{"TransactionId":897738765,"PaymentTransactionId":897738764,"Amount":10.0,"OperationType":"Refund","InvoiceId":"order-42","DateTime":"2026-01-01 00:01:00"}',
    },
  ],
  sign(request, secret) {
    request.headers['content-hmac'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['content-hmac'], hmac('sha256', secret, request.text, 'base64'));
  },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  oddBodies: 'form',
  longBody: 1000,
});
