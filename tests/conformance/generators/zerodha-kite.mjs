// packages: kiteconnect@5.3.0
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { suite, put } from '../lib/cases.mjs';

const { KiteConnect } = createRequire(import.meta.url)('kiteconnect');
const kite = new KiteConnect({ api_key: 'none' });
const order = (status, filled) => JSON.stringify({
  user_id: 'AB1234', checksum: '', order_id: '220303000308932', status, order_timestamp: '2026-01-01 09:24:25', exchange: 'NSE', tradingsymbol: 'M&M', quantity: 2, filled_quantity: filled, tag: 'é',
});
const at = { json: '/checksum' };
const secret = 't8x5c1mq0zj7v3bk9w2n4y6r5s8d1fgh';
const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const checksum = ({ order_id, order_timestamp }, key) => sha256(order_id + order_timestamp + key);
const update = order('UPDATE', 1);
const set = (pointer, value) => (request) => put(request, { json: pointer }, value);

await suite({
  provider: 'zerodha-kite',
  by: 'kiteconnect@5.3.0 validatePostback',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'order.complete', body: order('COMPLETE', 2) },
    { name: 'valid-update', type: 'order.update', id: sha256(update.replace('"checksum":""', `"checksum":"${checksum(JSON.parse(update), secret)}"`)), body: update },
  ],
  sign(request, key) {
    put(request, at, checksum(request.json, key));
  },
  accepts: (request, key) => kite.validatePostback(request.json, key),
  signature: at,
  covers: [], // Neither the state nor the amounts are signed.
  longBody: 1000,
  forge: {
    'another-order': set('/order_id', '220303000308933'),
    'another-time': set('/order_timestamp', '2026-01-01 09:24:26'),
    'order-missing': set('/order_id', undefined),
  },
});
