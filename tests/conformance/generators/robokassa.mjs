// packages:
import { createHash } from 'node:crypto';
import { suite, put, read, same } from '../lib/cases.mjs';

const place = { form: 'SignatureValue' };
const expected = (request, password, algorithm = 'sha256') => {
  const pairs = [...new URLSearchParams(request.text)];
  const { OutSum, InvId } = Object.fromEntries(pairs);
  const own = pairs.filter(([name]) => /^shp_/i.test(name)).sort(([a], [b]) => (a < b ? -1 : 1)).map((pair) => pair.join('='));
  return createHash(algorithm).update([OutSum, InvId, password, ...own].join(':')).digest('hex');
};
const paid = (more) => `out_summ=100.000000&OutSum=100.000000&inv_id=450009&InvId=450009&crc=&SignatureValue=&PaymentMethod=BankCard&IncSum=100.000000&IncCurrLabel=BankCardPSBR&EMail=jane%40example.com&Fee=3.900000${more}`;
const own = '&Shp_b=two+words&Shp_a=%D0%B4%D0%B0';

await suite({
  provider: 'robokassa',
  by: 'none: documented scheme, SHA-256 of sum, invoice, password 2 and own parameters',
  config: { secrets: ['Wm2xK9vT4bN8sL'] },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'payment.success', body: paid('') },
    { name: 'valid-own-parameters', type: 'payment.success', body: paid(own) },
  ],
  sign: (request, secret) => put(request, place, expected(request, secret).toUpperCase()),
  accepts: (request, secret) => same((read(request, place) ?? '').toLowerCase(), expected(request, secret)),
  signature: place,
  covers: [], // Mail, fee and method are not signed.
  oddBodies: false,
  forge: {
    'another-sum': (request) => void (request.body = Buffer.from(request.text.replace('&OutSum=100', '&OutSum=1'))),
    'another-invoice': (request) => void (request.body = Buffer.from(request.text.replace('&InvId=450009', '&InvId=450008'))),
    'own-parameter-added': (request) => void (request.body = Buffer.from(`${request.text}&Shp_a=1`)),
    'sum-twice': (request) => void (request.body = Buffer.from(`${request.text}&OutSum=1`)),
    md5: (request) => put(request, place, expected(request, 'Wm2xK9vT4bN8sL', 'md5')),
  },
});
