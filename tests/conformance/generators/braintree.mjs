// packages: braintree@3.40.0
import { suite, read, put } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import braintree from 'braintree';

const publicKey = 'vg3w9cbyn1xhk2jq';
const config = { secrets: ['8e5d2f7a1b3c4d6e9f0a2b4c6d8e0f1a'], public_key: publicKey };
const gateway = (privateKey) =>
  new braintree.BraintreeGateway({ environment: braintree.Environment.Sandbox, merchantId: 'merchant', publicKey, privateKey }).webhookNotification;
const form = (kind, subject) => {
  const xml = `<?xml version="1.0" encoding="UTF-8"?>\n<notification>\n  <kind>${kind}</kind>\n  <timestamp type="datetime">2026-01-01T00:00:00Z</timestamp>\n  <subject>${subject}</subject>\n</notification>\n`;
  const payload = `${Buffer.from(xml).toString('base64').replace(/(.{60})/g, '$1\n')}\n`;
  return new URLSearchParams({ bt_signature: '', bt_payload: payload }).toString();
};
const subscription = form('subscription_went_past_due', '<subscription><id>my_id</id><status>Past Due</status><transactions type="array"/><add-ons type="array"/><discounts type="array"/></subscription>');
const dispute = form('dispute_opened', '<dispute><id>d1</id><amount>250.00</amount><status>open</status></dispute>');
const signature = { form: 'bt_signature' };
const url = 'https://hooks.example.com/in/braintree';
const challenge = '20f9f8ed05f77439fe955c977e4c8a53';
const get = (value) => ({ method: 'GET', headers: {}, url: `${url}?bt_challenge=${encodeURIComponent(value)}` });
const mac = (secret, content) => crypto.createHmac('sha1', crypto.createHash('sha1').update(secret).digest()).update(content).digest('hex');

await suite({
  provider: 'braintree',
  by: 'braintree@3.40.0 webhookNotification.parse',
  config,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'subscription_went_past_due', body: subscription },
    { name: 'valid-dispute', type: 'dispute_opened', body: dispute },
    { name: 'valid-payload-without-its-line-break', type: 'dispute_opened', headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-case': '1' }, body: dispute.replace(/%0A$/, '') },
  ],
  sign(request, secret) {
    const payload = read(request, { form: 'bt_payload' });
    const content = payload.endsWith('\n') ? payload : `${payload}\n`;
    put(request, signature, `${publicKey}|${mac(secret, content)}&another_key|${mac('another', content)}`);
  },
  async accepts(request, secret) {
    const notification = await gateway(secret).parse(read(request, signature), read(request, { form: 'bt_payload' }));
    return Boolean(notification.kind);
  },
  signature,
  covers: [], // the payload is signed, whatever else is in the form
  oddBodies: false,
  forge: {
    'tampered-payload': (request) => put(request, { form: 'bt_payload' }, read(request, { form: 'bt_payload' }).replace('PD94', 'PD95')),
    'payload-of-another': (request) => put(request, { form: 'bt_payload' }, new URLSearchParams(dispute).get('bt_payload')),
    'missing-payload': (request) => put(request, { form: 'bt_payload' }, undefined),
    'signature-of-another-key': (request) => put(request, signature, read(request, signature).split('&')[1]),
  },
  extra: [
    { case: 'challenge', expect: 'handshake', expect_status: 200, expect_reply: gateway(config.secrets[0]).verify(challenge), ...get(challenge) },
    { case: 'challenge-that-is-a-payload', expect: 'reject', ...get('PG5vdGlmaWNhdGlvbi8+') },
    { case: 'challenge-too-long', expect: 'reject', ...get('a'.repeat(33)) },
    { case: 'challenge-with-markup', expect: 'reject', ...get('<script>') },
  ],
});
