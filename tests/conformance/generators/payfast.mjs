// packages:
import { createHash } from 'node:crypto';
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { form: 'signature' };
const expected = (request, secret) => {
  const fields = request.text.split('&').filter((pair) => !pair.startsWith('signature='));
  return createHash('md5').update([...fields, `passphrase=${encodeURIComponent(secret).replaceAll('%20', '+')}`].join('&')).digest('hex');
};
const itn = (id, status) => `m_payment_id=order-42&pf_payment_id=${id}&payment_status=${status}&item_name=Caf%C3%A9+%26+cake&item_description=&amount_gross=200.00&amount_fee=-4.60&amount_net=195.40&custom_str1=&name_first=Zo%C3%AB&email_address=jane%40example.com&merchant_id=10012577&signature=`;

await suite({
  provider: 'payfast',
  by: 'none: documented scheme, MD5 of the fields in their order and the passphrase',
  config: { secrets: ['jt7NOE43FZPn blue/sky'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'payment.complete', id: '1089250:COMPLETE', body: itn('1089250', 'COMPLETE') },
    { name: 'valid-cancelled', type: 'payment.cancelled', id: '1089251:CANCELLED', body: itn('1089251', 'CANCELLED') },
  ],
  sign: (request, secret) => put(request, place, expected(request, secret)),
  accepts: (request, secret) => same(read(request, place) ?? '', expected(request, secret)),
  signature: place,
  oddBodies: 'form',
  longBody: 1000,
  tamper: (text) => text.replace('200.00', '20.00'),
  skip: ['tampered-body-trailing-newline', 'tampered-body-truncated'], // The signature comes last.
  forge: {
    'reordered': (request) => void (request.body = Buffer.from(request.text.replace(/^(m_payment_id=[^&]*)&(pf_payment_id=[^&]*)/, '$2&$1'))),
    'field-added': (request) => void (request.body = Buffer.from(`custom_int1=1&${request.text}`)),
  },
});
