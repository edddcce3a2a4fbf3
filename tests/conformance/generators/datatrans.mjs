// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', Buffer.from(secret, 'hex'), `${t}${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'datatrans',
  by: 'none: documented scheme',
  config: { secrets: ['861bbfc01e089259091927d6ad7f71c8b46b7ee13499574e83c633b74cdc29e3'] },
  bodies: [
    {
      name: 'valid',
      type: 'transaction.authorized',
      body: '{"transactionId":"210215103033478409","merchantId":"1110017152","type":"payment","status":"authorized","currency":"CHF","refno":"order-42","paymentMethod":"VIS","detail":{"authorize":{"amount":1000,"acquirerAuthorizationCode":"103307"}},"language":"en","card":{"masked":"424242xxxxxx4242","expiryMonth":"06","expiryYear":"28"},"history":[{"action":"authorize","amount":1000,"source":"api","date":"2026-01-01T00:00:00Z","success":true}]}',
    },
  ],
  sign(request, secret, now) {
    request.headers['datatrans-signature'] = `t=${at(now)},s0=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),s0=(.+)$/.exec(request.headers['datatrans-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
