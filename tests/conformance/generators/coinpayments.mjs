// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'coinpayments',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'api',
      id: 'd887227a7e656c1ef21f1b11a2b3c4d5',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'ipn_version=1.0&ipn_id=d887227a7e656c1ef21f1b11a2b3c4d5&ipn_mode=hmac&merchant=d4f1a2b3c4d5e6f708192a3b4c5d6e7f&ipn_type=api&txn_id=CPCF1BZVHZQTZK0RFVQ1YSGHZ0&status=100&status_text=Complete&currency1=USD&currency2=BTC&amount1=10&amount2=0.0001&fee=0.000001&buyer_name=CoinPayments+API&custom=order-42&received_amount=0.0001&received_confirms=3',
    },
  ],
  sign(request, secret) {
    request.headers['hmac'] = hmac('sha512', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['hmac'], hmac('sha512', secret, request.text));
  },
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  oddBodies: 'form',
  longBody: 1000,
});
