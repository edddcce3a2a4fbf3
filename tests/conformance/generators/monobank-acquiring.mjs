// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('p256'), keyPair('p256', 'another')];
const known = (config) => (config.public_key_pem === mine.pem ? mine : another).publicKey;

await suite({
  provider: 'monobank-acquiring',
  by: 'none: documented scheme',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'invoice.success',
      body: '{"invoiceId":"p2_9ZgpZVsl3","status":"success","amount":4200,"ccy":980,"finalAmount":4200,"createdDate":"2026-01-01T00:00:00Z","modifiedDate":"2026-01-01T00:00:05Z","reference":"order-42","destination":"Order 42","paymentInfo":{"maskedPan":"444403******1902","paymentSystem":"visa","country":"804"}}',
    },
  ],
  sign(request, key) {
    request.headers['x-sign'] = crypto.sign('sha256', request.body, key).toString('base64');
  },
  accepts(request, key, now, config) {
    return crypto.verify('sha256', request.body, known(config), Buffer.from(request.headers['x-sign'], 'base64'));
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_pem: another.pem },
  longBody: 1500,
});
