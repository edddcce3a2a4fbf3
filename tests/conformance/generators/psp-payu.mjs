// packages:
import { createHash } from 'node:crypto';
import { suite, hmac, same } from '../lib/cases.mjs';

const fields = (request) => Object.fromEntries((request.headers['openpayu-signature'] ?? '').split(';').map((element) => element.split('=')));
const hash = { MD5: 'md5', 'SHA-256': 'sha256' };
const expected = (request, secret, algorithm) => createHash(hash[algorithm]).update(request.body).update(secret).digest('hex');
const order = (orderId, status) => JSON.stringify({ order: { orderId, extOrderId: 'order-42', notifyUrl: 'https://hooks.example.com/in/psp-payu', merchantPosId: '145227', description: 'Zamówienie', currencyCode: 'PLN', totalAmount: '21000', status }, localReceiptDateTime: '2026-01-01T00:00:00.000+01:00', properties: [{ name: 'PAYMENT_ID', value: '151471228' }] });
const change = (to) => (request) => void (request.headers['openpayu-signature'] = request.headers['openpayu-signature'].replace(fields(request).signature, to(request)));

await suite({
  provider: 'psp-payu',
  by: 'none: documented scheme, MD5 or SHA-256 of body and second key',
  config: { secrets: ['b6ca15b0d1020e8094d9b5f8d163db54'] },
  bodies: [
    { name: 'valid', type: 'order.completed', id: 'LDLW5N7MF4140324GUEST000P01:COMPLETED', body: order('LDLW5N7MF4140324GUEST000P01', 'COMPLETED') },
    { name: 'valid-pending', type: 'order.pending', id: 'LDLW5N7MF4140324GUEST000P01:PENDING', body: order('LDLW5N7MF4140324GUEST000P01', 'PENDING') },
    { name: 'valid-md5', type: 'order.canceled', id: 'LDLW5N7MF4140324GUEST000P02:CANCELED', headers: { 'x-test': 'MD5' }, body: order('LDLW5N7MF4140324GUEST000P02', 'CANCELED') },
    { name: 'valid-refund', type: 'refund.finalized', id: '912128:FINALIZED', body: '{"orderId":"2DVZMPMFPN140219GUEST000P01","extOrderId":"order-42","refund":{"refundId":"912128","amount":"15516","currencyCode":"PLN","status":"FINALIZED","statusDateTime":"2026-01-01T00:00:00.000+01:00","reason":"refund"}}' },
  ],
  sign(request, secret) {
    const algorithm = request.headers['x-test'] ?? 'SHA-256';
    request.headers['openpayu-signature'] = `sender=checkout;signature=${expected(request, secret, algorithm)};algorithm=${algorithm};content=DOCUMENT`;
  },
  accepts(request, secret) {
    const { signature = '' } = fields(request);
    return Object.keys(hash).some((algorithm) => same(signature, expected(request, secret, algorithm)));
  },
  forge: {
    hmac: change((request) => hmac('sha256', 'b6ca15b0d1020e8094d9b5f8d163db54', request.body)),
    'cut-to-md5-length': change((request) => fields(request).signature.slice(0, 32)),
    'secret-in-front': change((request) => createHash('sha256').update('b6ca15b0d1020e8094d9b5f8d163db54').update(request.body).digest('hex')),
  },
});
