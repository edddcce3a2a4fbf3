// packages:
import { createHash, createPrivateKey, createPublicKey, sign as signature, verify } from 'node:crypto';
import { suite, keyPair } from '../lib/cases.mjs';

const mine = keyPair('rsa');
const another = keyPair('rsa', 'another');
const part = (value) => Buffer.from(value).toString('base64url');
const x5u = 'https://secure.tpay.com/x509/notifications-jws.pem';
const jws = (body, key, head = { alg: 'RS256', x5u }) => {
  const first = part(JSON.stringify(head));
  const made = signature('sha256', Buffer.from(`${first}.${part(body)}`), createPrivateKey(key));
  return `${first}..${made.toString('base64url')}`;
};
const notification = (status, paid) => `id=1010&tr_id=TR-BRA-KGZK0X&tr_date=2026-01-01+00%3A00%3A00&tr_crc=order_2137&tr_amount=14.30&tr_paid=${paid}&tr_desc=Zam%C3%B3wienie&tr_status=${status}&tr_error=none&tr_email=jan%40example.com`;
const bodies = [['valid', 'TRUE', '14.30', 'paid'], ['valid-chargeback', 'CHARGEBACK', '-4.30', 'chargeback']].map(([name, status, paid, type]) => {
  const body = notification(status, paid);
  return { name, type: `transaction.${type}`, id: createHash('sha256').update(body).digest('hex'), body };
});
const pem = (key) => (typeof key === 'string' ? key : key.export({ type: 'pkcs8', format: 'pem' }));

await suite({
  provider: 'tpay',
  by: 'none: documented scheme, detached JWS of the body, RS256',
  config: { public_key_pem: mine.pem },
  otherConfig: { public_key_pem: mine.pem },
  keys: [mine.privateKey, another.privateKey],
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodies,
  sign(request, key) {
    request.headers['x-jws-signature'] = jws(request.body, pem(key));
  },
  accepts(request, key, now, config) {
    const [head, payload, end] = (request.headers['x-jws-signature'] ?? '').split('.');
    if (payload !== '' || JSON.parse(Buffer.from(head, 'base64url')).alg !== 'RS256') return false;
    return verify('sha256', Buffer.from(`${head}.${part(request.body)}`), createPublicKey(config.public_key_pem), Buffer.from(end, 'base64url'));
  },
  oddBodies: false, // The id is a digest of the body, which these change.
  forge: {
    'algorithm-none': (request) => void (request.headers['x-jws-signature'] = jws(request.body, pem(mine.privateKey), { alg: 'none', x5u })),
    'certificate-of-another': (request) => void (request.headers['x-jws-signature'] = jws(request.body, pem(another.privateKey), { alg: 'RS256', x5u: 'https://secure.example.com/x509/notifications-jws.pem' })),
  },
});
