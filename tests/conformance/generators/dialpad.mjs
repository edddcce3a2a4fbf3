// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

const secret = 'hf-2Yk8mQz7Wc1Vb9Ns3Lp6Jt5Rd4Fg0Ha';
const part = (text) => Buffer.from(text).toString('base64url');
const mac = (algorithm, key, content) => hmac(algorithm, key, content, 'base64').replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
const token = (payload, key, alg = 'HS256', hash = 'sha256') => {
  const content = `${part(JSON.stringify({ alg, typ: 'JWT' }))}.${part(payload)}`;
  return `${content}.${alg === 'none' ? '' : mac(hash, key, content)}`;
};
const payload = (request) => Buffer.from(request.text.split('.')[1], 'base64url').toString();
const change = (make) => (request) => void (request.body = Buffer.from(make(request)));

await suite({
  provider: 'dialpad',
  by: 'none: documented scheme, the body is a JWT with HS256',
  config: { secrets: [secret] },
  bodies: [
    {
      name: 'valid',
      type: 'hangup',
      body: '{"call_id":5780678246121472,"state":"hangup","direction":"inbound","date_started":1767225500417,"event_timestamp":1767225600417,"external_number":"+15551234567","internal_number":"+15557654321","duration":98000.5,"contact":{"id":"contact_1","name":"Ada Example","phone":"+15551234567","type":"shared"},"target":{"id":4738812345,"type":"user","name":"Grace Example"},"is_transferred":false}',
    },
    {
      name: 'valid-sms',
      type: 'sms',
      body: '{"id":6238812345,"created_date":1767225600417,"direction":"inbound","event_timestamp":1767225600520,"from_number":"+15551234567","to_number":["+15557654321"],"mms":false,"text":"On my way","target":{"id":4738812345,"type":"user"}}',
    },
  ],
  headers: { 'content-type': 'application/jwt' },
  sign(request, key) {
    request.headers['x-signed'] = 'body';
    request.body = Buffer.from(token(request.text, key));
  },
  accepts(request, key) {
    const [head, body, signature, more] = request.text.trim().split('.');
    return more === undefined && JSON.parse(Buffer.from(head, 'base64url').toString()).alg === 'HS256' && same(signature, mac('sha256', key, `${head}.${body}`));
  },
  signature: 'x-signed',
  // The signature is in the body, so the forgeries are made by hand.
  covers: [],
  skip: ['missing-signature', 'empty-signature', 'truncated-signature', 'changed-signature', 'garbage-signature'],
  forge: {
    'tampered-payload': change((request) => request.text.replace(/\.[^.]+\./, `.${part(payload(request).replace('hangup', 'hangap'))}.`)),
    'truncated-token': change((request) => request.text.slice(0, -4)),
    'without-signature': change((request) => request.text.replace(/[^.]*$/, '')),
    'algorithm-none': change((request) => token(payload(request), secret, 'none')),
    'algorithm-hs512': change((request) => token(payload(request), secret, 'HS512', 'sha512')),
    'plain-json': change((request) => payload(request)),
    'emptied': change(() => ''),
  },
});
