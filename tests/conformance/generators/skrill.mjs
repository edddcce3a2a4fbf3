// packages:
import { createHash } from 'node:crypto';
import { suite, put, read, same } from '../lib/cases.mjs';

const at = { form: 'md5sig' };
const md5 = (text) => createHash('md5').update(text).digest('hex').toUpperCase();
const expected = (request, secret) => {
  const [merchant, transaction, amount, currency, status] = ['merchant_id', 'transaction_id', 'mb_amount', 'mb_currency', 'status'].map((form) => read(request, { form }) ?? '');
  return md5(merchant + transaction + md5(secret) + amount + currency + status);
};
const set = (form, value) => (request) => put(request, { form }, value);
const headers = { 'content-type': 'application/x-www-form-urlencoded' };

await suite({
  provider: 'skrill',
  by: 'none: documented scheme, MD5 of six fields with the MD5 of the secret word among them',
  config: { secrets: ['hfword4f8a'] },
  headers,
  bodies: [
    { name: 'valid', type: 'payment.processed', id: '5585262:2', body: 'transaction_id=A205220&mb_amount=25.46&amount=25.46&md5sig=327638C253A4637199CEBA6642371F20&merchant_id=4637827&payment_type=WLT&mb_transaction_id=5585262&mb_currency=EUR&pay_from_email=payer123%40skrill.com&pay_to_email=merchant%40example.com&currency=EUR&customer_id=9999999&status=2' },
    { name: 'valid-chargeback', type: 'payment.chargeback', id: '5585263:-3', body: 'transaction_id=A205221&mb_amount=9.99&amount=9.99&md5sig=x&merchant_id=4637827&mb_transaction_id=5585263&mb_currency=EUR&currency=EUR&status=-3' },
    { name: 'valid-without-transaction-id', type: 'payment.pending', id: '5585264:0', body: 'mb_amount=9.99&amount=9.99&md5sig=x&merchant_id=4637827&mb_transaction_id=5585264&mb_currency=EUR&currency=EUR&status=0' },
  ],
  sign(request, secret) {
    put(request, at, expected(request, secret));
  },
  accepts: (request, secret) => same(read(request, at) ?? '', expected(request, secret)),
  signature: at,
  covers: [],
  oddBodies: 'form',
  forge: {
    'another-amount': set('mb_amount', '0.99'),
    'another-currency': set('mb_currency', 'ISK'),
    'another-status': set('status', '0'),
    'another-transaction': set('transaction_id', 'A205223'),
    'another-merchant': set('merchant_id', '4637828'),
  },
});
