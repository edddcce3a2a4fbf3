// packages:
import { suite, same, read, put } from '../lib/cases.mjs';
import { createHash } from 'node:crypto';

const mac = (request, secret) => createHash('sha512').update(`${request.json.order_id}${request.json.status_code}${request.json.gross_amount}${secret}`).digest('hex');

await suite({
  provider: 'midtrans',
  by: 'none: documented scheme',
  config: { secrets: ['SB-Mid-server-A1b2C3d4E5f6G7h8I9j0K1l2'] },
  bodies: [
    {
      name: 'valid',
      type: 'settlement',
      body: '{"transaction_time":"2026-01-01 00:00:00","transaction_status":"settlement","transaction_id":"9aed5972-5b6a-401e-894b-a32c91ed1a3a","status_message":"midtrans payment notification","status_code":"200","signature_key":"","payment_type":"credit_card","order_id":"order-42","merchant_id":"G141532850","masked_card":"48111111-1114","gross_amount":"20000.00","fraud_status":"accept","currency":"IDR"}',
    },
  ],
  sign(request, secret) {
    put(request, { json: '/signature_key' }, mac(request, secret));
  },
  accepts(request, secret) {
    return same(read(request, { json: '/signature_key' }) ?? '', mac(request, secret));
  },
  signature: { json: '/signature_key' },
  covers: [],
  oddBodies: false,
  forge: {
    'another-amount': (request) => put(request, { json: '/gross_amount' }, '10000.00'),
    'another-order': (request) => put(request, { json: '/order_id' }, 'order-43'),
  },
});
