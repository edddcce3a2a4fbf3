// packages: @sendgrid/eventwebhook@8.0.0
import crypto from 'node:crypto';
import { keyPair, suite } from '../lib/cases.mjs';
import sendgrid from '@sendgrid/eventwebhook';

const webhook = new sendgrid.EventWebhook();
const mine = keyPair('p256');
const another = keyPair('p256', 'another');
const SIGNATURE = 'x-twilio-email-event-webhook-signature';
const TIMESTAMP = 'x-twilio-email-event-webhook-timestamp';
const dropped = { email: 'hello@world.com', event: 'dropped', reason: 'Bounced Address', sg_event_id: 'ZHJvcC0xMDk5NDkxOS1MUnpYbF9OSFN0T0doUTRrb2ZTbV9BLTA', sg_message_id: 'LRzXl_NHStOGhQ4kofSm_A.filterdrecv', timestamp: 1767225600 };
const delivered = { ...dropped, event: 'delivered', reason: undefined, response: '250 OK', sg_event_id: 'ZGVsaXZlcmVkLTAtMTA5OTQ5MTk' };
const of = (name, first, body) => ({ name, type: first.event, id: first.sg_event_id, body });

await suite({
  provider: 'sendgrid',
  by: '@sendgrid/eventwebhook@8.0.0 EventWebhook.verifySignature',
  config: { public_key_base64: mine.base64 },
  otherConfig: { public_key_base64: another.base64 },
  keys: [mine.privateKey, another.privateKey],
  bodies: [
    of('valid', dropped, JSON.stringify([dropped])),
    of('valid-delivered', delivered, JSON.stringify([delivered])),
    of('valid-batch', dropped, JSON.stringify([dropped, delivered])),
    // SendGrid sends an event on each line, with CRLF at the end.
    of('valid-crlf-at-the-end', dropped, `[${JSON.stringify(dropped)},\r\n${JSON.stringify(delivered)}]\r\n`),
    of('valid-other-letters', dropped, JSON.stringify([{ ...dropped, reason: 'Zoë Müller – 東京 🎉 “q” <b>&\u2028' }])),
  ],
  longBody: 2000,
  sign(request, key, now) {
    request.headers[TIMESTAMP] = String(now);
    request.headers[SIGNATURE] = crypto.sign('sha256', Buffer.concat([Buffer.from(String(now)), request.body]), key).toString('base64');
  },
  accepts(request, key, now, { public_key_base64: base64, public_key_pem: pem }) {
    const publicKey = webhook.convertPublicKeyToECDSA(pem ?? base64);
    return webhook.verifySignature(publicKey, request.body, request.headers[SIGNATURE], request.headers[TIMESTAMP]);
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'raw-instead-of-der': (request) => {
      const content = Buffer.concat([Buffer.from(request.headers[TIMESTAMP]), request.body]);
      request.headers[SIGNATURE] = crypto.sign('sha256', content, { key: mine.privateKey, dsaEncoding: 'ieee-p1363' }).toString('base64');
    },
    'timestamp-not-signed': (request) => void (request.headers[SIGNATURE] = crypto.sign('sha256', request.body, mine.privateKey).toString('base64')),
  },
  // The package looks at no time.
  lenient: ['stale-timestamp', 'future-timestamp'],
  extra: [
    { case: 'valid-key-as-pem', body: JSON.stringify([dropped]), type: 'dropped', id: dropped.sg_event_id, expect: 'accept', sign: true, config: { public_key_pem: mine.pem } },
    { case: 'wrong-key-as-pem', expect: 'reject', sign: true, config: { public_key_pem: another.pem }, body: JSON.stringify([dropped]) },
  ],
});
