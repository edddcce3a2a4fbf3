// packages:
import { createHash } from 'node:crypto';
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { json: '/sign' };
const names = ['merchantId', 'posId', 'sessionId', 'amount', 'originAmount', 'currency', 'orderId', 'methodId', 'statement'];
const expected = (request, crc) => {
  const { json } = request;
  return createHash('sha384').update(JSON.stringify({ ...Object.fromEntries(names.map((name) => [name, json[name]])), crc })).digest('hex');
};
const paid = (orderId, sessionId, statement) => JSON.stringify({ merchantId: 12345, posId: 12345, sessionId, amount: 1990, originAmount: 1990, currency: 'PLN', orderId, methodId: 154, statement, sign: '' });

await suite({
  provider: 'przelewy24',
  by: 'none: documented scheme, SHA-384 of JSON of nine fields and the CRC key',
  config: { secrets: ['4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'transaction.paid', id: '3101234567', body: paid(3101234567, 'order-42/5f1c2e8a', 'p24-A12-B34-C56') },
    { name: 'valid-odd-text', type: 'transaction.paid', id: '3101234568', body: paid(3101234568, 'zamówienie "42" \\ <b>', 'p24-A12-B34-C57') },
    // PHP escapes slashes and letters where it is not told otherwise.
    { name: 'valid-escaped', type: 'transaction.paid', id: '3101234569', body: paid(3101234569, 'zam/ó', 'x').replace('zam/ó', 'zam\\/\\u00f3') },
  ],
  sign: (request, secret) => put(request, place, expected(request, secret)),
  accepts: (request, secret) => same(read(request, place) ?? '', expected(request, secret)),
  signature: place,
  covers: [], // Only the nine fields are signed.
  oddBodies: false,
  forge: {
    'another-amount': (request) => void (request.body = Buffer.from(request.text.replace('"amount":1990', '"amount":1'))),
    'another-order': (request) => void (request.body = Buffer.from(request.text.replace('3101234567', '3101234568'))),
    'amount-as-text': (request) => void (request.body = Buffer.from(request.text.replace('"amount":1990', '"amount":"1990,\\"originAmount\\":1990"'))),
    'field-missing': (request) => void (request.body = Buffer.from(request.text.replace('"statement":"p24-A12-B34-C56",', ''))),
  },
});
