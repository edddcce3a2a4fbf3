// packages:
import { keyPair, put, suite } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const header = 'x-ctct-webhook-sig';
const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
const content = (head, body) => Buffer.concat([Buffer.from(`${head}.`), body]);
const head = (now, others) => part({ alg: 'RS256', ts: now, b64: false, crit: ['b64'], ...others });
const token = (top, body, key) => `${top}..${crypto.sign('sha256', content(top, body), key).toString('base64url')}`;
const resign = (others, change = (text) => text) => (request) => put(request, header, change(token(head(1767225600, others), request.body, mine.privateKey)));

await suite({
  provider: 'constant-contact',
  by: 'none: documented scheme, detached JWS with an unencoded payload (RFC 7797)',
  config: { public_key_pem: mine.pem },
  bodies: [
    {
      name: 'valid',
      type: 'tier.increase',
      headers: { 'user-agent': 'Constant Contact' },
      body: '{"url":"https://api.cc.email/v3/partner/accounts/a1b2c3d4e5f6/plan","event_type":"tier.increase"}',
    },
    {
      name: 'valid-account-cancel',
      type: 'account.cancel',
      headers: { 'user-agent': 'Constant Contact' },
      body: '{"url":"https://api.cc.email/v3/partner/accounts/a1b2c3d4e5f7/plan","event_type":"account.cancel"}',
    },
  ],
  otherConfig: { public_key_pem: another.pem },
  keys: [mine.privateKey, another.privateKey],
  sign(request, key, now) {
    request.headers[header] = token(head(now), request.body, key);
  },
  accepts(request, key, now, owner) {
    const [top, empty, signature] = request.headers[header].split('.');
    const { alg, b64, crit, ts } = JSON.parse(Buffer.from(top, 'base64url'));
    return alg === 'RS256' && b64 === false && crit.join() === 'b64' && empty === '' && Math.abs(ts - now) <= 300
      && crypto.verify('sha256', content(top, request.body), owner.public_key_pem, Buffer.from(signature, 'base64url'));
  },
  longBody: 1000,
  timestamped: { tolerance_s: 300 },
  forge: {
    'algorithm-none': resign({ alg: 'none' }, (text) => text.replace(/[^.]*$/, '')),
    'payload-inside': (request) => put(request, header, request.headers[header].replace('..', `.${request.body.toString('base64url')}.`)),
  },
});
