// packages: standardwebhooks@1.1.1
import { suite, otherText } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

const event = (type, mode = 'live') => JSON.stringify({
  createdDate: '2026-01-01T00:00:00.000Z', id: 'evt_g0k3rQZ8yEo8W8ygx3q0NNeM', type,
  payload: { amount: 2000, currency: 'ZAR', id: 'p_B1vRwG1MYMDZ0JC3Kv1kR3zJ', mode, status: 'succeeded', type: 'payment', metadata: { checkoutId: 'ch_XJkQRa0m', note: 'é' } },
});
const secret = 'whsec_MDAxMjM0NTY3ODlhYmNkZWYwMTIzNDU2Nzg5YWJjZGU=';
const id = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W';
const signature = (key, now, body) => new Webhook(key).sign(id, new Date(now * 1000), body);
const now = 1767225600;
const body = event('payment.succeeded');
const head = (list) => ({ 'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(now), 'webhook-signature': list });
const mine = signature(secret, now, body);

await suite({
  provider: 'yoco',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'payment.succeeded', id, body },
    { name: 'valid-refund', type: 'refund.succeeded', id, body: event('refund.succeeded', 'test') },
  ],
  sign(request, key, time) {
    Object.assign(request.headers, { 'webhook-id': id, 'webhook-timestamp': String(time), 'webhook-signature': signature(key, time, request.text) });
  },
  // Yoco asks for 3 minutes, the package takes 5.
  accepts: (request, key, time) => Math.abs(time - Number(request.headers['webhook-timestamp'])) <= 180 && Boolean(new Webhook(key).verify(request.text, request.headers)),
  signature: 'webhook-signature',
  timestamped: { tolerance_s: 180 },
  longBody: 1000,
  extra: [
    { case: 'second-of-two', expect: 'accept', type: 'payment.succeeded', id, headers: head(`${signature(otherText(secret), now, body)} ${mine}`), body },
    { case: 'asymmetric-beside', expect: 'accept', type: 'payment.succeeded', id, headers: head(`v1a,${Buffer.alloc(64).toString('base64')} ${mine}`), body },
    { case: 'another-version', expect: 'reject', headers: head(mine.replace('v1,', 'v2,')), body },
  ],
});
