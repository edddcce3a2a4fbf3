// packages: wechatpay-node-v3@2.2.1
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { createRequire } from 'node:module';

const Pay = createRequire(import.meta.url)('wechatpay-node-v3');
const [mine, another] = [keyPair('rsa'), keyPair('rsa')];
const serial = 'PUB_KEY_ID_0114232134912410000000000000';
const pay = new Pay({
  appid: 'wx1', mchid: '1900000001', serial_no: '1', key: 'k'.repeat(32),
  publicKey: Buffer.from(mine.pem), privateKey: mine.privateKey.export({ format: 'pem', type: 'pkcs8' }),
});

await suite({
  provider: 'wechatpay',
  by: 'wechatpay-node-v3@2.2.1 verifySign',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'TRANSACTION.SUCCESS',
      id: 'EV-2018022511223320873',
      headers: { 'wechatpay-serial': 'PUB_KEY_ID_0114232134912410000000000000', 'wechatpay-signature-type': 'WECHATPAY2-SHA256-RSA2048' },
      body: '{"id":"EV-2018022511223320873","create_time":"2026-01-01T08:00:00+08:00","resource_type":"encrypt-resource","event_type":"TRANSACTION.SUCCESS","summary":"支付成功","resource":{"original_type":"transaction","algorithm":"AEAD_AES_256_GCM","ciphertext":"fdasflkja484wKfHZiCAHqVN8A==","associated_data":"transaction","nonce":"fdasflkja484w"}}',
    },
  ],
  async sign(request, key, now) {
    const nonce = 'c5ac7061fccab6bf3e254dcf98995b8c';
    request.headers['wechatpay-timestamp'] = String(now);
    request.headers['wechatpay-nonce'] = nonce;
    const content = `${now}\n${nonce}\n${request.text}\n`;
    request.headers['wechatpay-signature'] = crypto.sign('rsa-sha256', Buffer.from(content), key).toString('base64');
  },
  async accepts(request, key, now, config) {
    Pay.certificates = { [serial]: config.public_key_pem };
    return pay.verifySign({
      timestamp: request.headers['wechatpay-timestamp'],
      nonce: request.headers['wechatpay-nonce'],
      body: request.text,
      serial,
      signature: request.headers['wechatpay-signature'],
      apiSecret: '',
    });
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  signature: 'wechatpay-signature',
  timestamped: { tolerance_s: 300 },
  // The package looks at no clock.
  lenient: ['stale-timestamp', 'future-timestamp'],
  extra: [
    { case: 'signtest', expect: 'reject', body: '{}', headers: { 'content-type': 'application/json', 'wechatpay-timestamp': '1767225600', 'wechatpay-nonce': 'x', 'wechatpay-serial': serial, 'wechatpay-signature': 'WECHATPAY/SIGNTEST/VGhpcyBpcyBhIHRlc3Q=' } },
  ],
  longBody: 300,
  skip: ['valid-html', 'valid-crlf', 'valid-escaped-unicode', 'valid-pretty-printed', 'valid-trailing-newline'],
});
