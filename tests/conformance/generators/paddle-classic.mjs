// packages:
import { createPublicKey, sign as signature, verify } from 'node:crypto';
import { suite, keyPair, put, read } from '../lib/cases.mjs';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const place = { form: 'p_signature' };
// PHP's serialize() of the fields but the signature, sorted by key, all of them strings.
const content = (request) => {
  const text = (value) => `s:${Buffer.byteLength(value)}:"${value}";`;
  const fields = [...new URLSearchParams(request.text)].filter(([name]) => name !== 'p_signature').sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(`a:${fields.length}:{${fields.map(([name, value]) => text(name) + text(value)).join('')}}`);
};
const alert = (name, id, more) => new URLSearchParams({ alert_id: id, alert_name: name, checkout_id: '7-9ce8e8b7f2e0c1d', currency: 'EUR', email: 'jane@example.com', event_time: '2026-01-01 00:00:00', passthrough: 'Größe "1" & 2', ...more, p_signature: '' }).toString();

await suite({
  provider: 'paddle-classic',
  by: 'none: documented scheme, RSA-SHA1 of the serialized fields',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies: [
    { name: 'valid', type: 'subscription_created', id: '970259015', body: alert('subscription_created', '970259015', { status: 'active', subscription_id: '3', unit_price: '19.90', linked_subscriptions: '' }) },
    { name: 'valid-payment', type: 'payment_succeeded', id: '970259016', body: alert('payment_succeeded', '970259016', { order_id: '384920', sale_gross: '19.90' }) },
  ],
  sign: (request, key) => put(request, place, signature('sha1', content(request), key).toString('base64')),
  accepts: (request, key, now, config) => verify('sha1', content(request), createPublicKey(config.public_key_pem), Buffer.from(read(request, place), 'base64')),
  signature: place,
  oddBodies: 'form',
  longBody: 1000,
  tamper: (text) => text.replace('EUR', 'USD'),
  skip: ['tampered-body-trailing-newline', 'tampered-body-truncated'], // The signature comes last.
});
