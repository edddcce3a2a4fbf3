// packages: alipay-sdk@4.14.0
import { suite, put, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { AlipaySdk } from 'alipay-sdk';

const [mine, another] = [keyPair('rsa'), keyPair('rsa')];
const genuine = 'gmt_create=2026-01-01+08%3A00%3A00&charset=utf-8&seller_email=seller%40example.com&subject=%E6%B5%8B%E8%AF%95+%26+order&buyer_id=2088102116773037&invoice_amount=0.01&notify_id=2026010100222080000073030512345678&fund_bill_list=%5B%7B%22amount%22%3A%220.01%22%2C%22fundChannel%22%3A%22ALIPAYACCOUNT%22%7D%5D&notify_type=trade_status_sync&trade_status=TRADE_SUCCESS&receipt_amount=0.01&app_id=2014072300007148&seller_id=2088102119685838&gmt_payment=2026-01-01+08%3A00%3A03&notify_time=2026-01-01+08%3A00%3A04&version=1.0&out_trade_no=70501111111S001111119&total_amount=0.01&trade_no=2026010121001004030200280000&auth_app_id=2014072300007148&sign_type=RSA2&sign=';
const fields = (request) => Object.fromEntries(new URLSearchParams(request.text));

await suite({
  provider: 'alipay',
  by: 'alipay-sdk@4.14.0 AlipaySdk.checkNotifySignV2',
  config: { public_key_pem: mine.pem, app_ids: ['2014072300007148'] },
  bodies: [
    {
      name: 'valid',
      type: 'trade_status_sync.TRADE_SUCCESS',
      id: '2026010100222080000073030512345678',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: 'gmt_create=2026-01-01+08%3A00%3A00&charset=utf-8&seller_email=seller%40example.com&subject=%E6%B5%8B%E8%AF%95+%26+order&buyer_id=2088102116773037&invoice_amount=0.01&notify_id=2026010100222080000073030512345678&fund_bill_list=%5B%7B%22amount%22%3A%220.01%22%2C%22fundChannel%22%3A%22ALIPAYACCOUNT%22%7D%5D&notify_type=trade_status_sync&trade_status=TRADE_SUCCESS&receipt_amount=0.01&app_id=2014072300007148&seller_id=2088102119685838&gmt_payment=2026-01-01+08%3A00%3A03&notify_time=2026-01-01+08%3A00%3A04&version=1.0&out_trade_no=70501111111S001111119&total_amount=0.01&trade_no=2026010121001004030200280000&auth_app_id=2014072300007148&sign_type=RSA2&sign=',
    },
  ],
  sign(request, key) {
    const { sign, sign_type, ...signed } = fields(request);
    const content = Object.keys(signed).sort().map((name) => `${name}=${signed[name]}`).join('&');
    put(request, { form: 'sign' }, crypto.sign('rsa-sha256', Buffer.from(content), key).toString('base64'));
  },
  accepts(request, key, now, config) {
    const privateKey = mine.privateKey.export({ format: 'pem', type: 'pkcs8' });
    const sdk = new AlipaySdk({ appId: config.app_ids[0], privateKey, keyType: 'PKCS8', alipayPublicKey: config.public_key_pem });
    return sdk.checkNotifySignV2(fields(request));
  },
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem, app_ids: ['2014072300007148'] },
  signature: { form: 'sign' },
  oddBodies: 'form',
  longBody: 500,
  // The last field is the signature itself, which is judged below.
  skip: ['tampered-body', 'tampered-body-trailing-newline', 'tampered-body-truncated'],
  forge: {
    'tampered-amount': (request) => put(request, { form: 'total_amount' }, '9.99'),
    'field-added': (request) => put(request, { form: 'extra' }, '1'),
    'field-removed': (request) => put(request, { form: 'seller_id' }, undefined),
  },
  extra: [
    // The package leaves this to the application.
    { case: 'rotated-app', expect: 'accept', sign: true, config: { public_key_pem: mine.pem, app_ids: ['2014072300007149', '2014072300007148'] }, body: genuine, type: 'trade_status_sync.TRADE_SUCCESS', id: '2026010100222080000073030512345678', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
  ],
});
