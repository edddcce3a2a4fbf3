// packages:
import { suite, keyPair } from '../lib/cases.mjs';
import crypto from 'node:crypto';

const [mine, another] = [keyPair('ed25519'), keyPair('ed25519', 'another')];
const digest = (body) => `sha-256=:${crypto.createHash('sha256').update(body).digest('base64')}:`;
const base = (sum, params) => Buffer.from(`"content-digest": ${sum}\n"@signature-params": ${params}`);

await suite({
  provider: 'mailchannels',
  by: 'none: documented scheme, RFC 9421 over Content-Digest',
  config: { public_key_base64: mine.base64 },
  bodies: [
    {
      name: 'valid',
      type: 'processed',
      body: '[{"email":"sender@example.com","customer_handle":"examplecustomer","timestamp":1767225600,"event":"processed","request_id":"4ef8a1b2","smtp_id":"<1@example.com>","recipients":["jon@example.com"]}]',
    },
    {
      name: 'valid-batch-of-two',
      type: 'delivered',
      body: '[{"email":"sender@example.com","customer_handle":"examplecustomer","timestamp":1767225600,"event":"delivered","request_id":"4ef8a1b2","recipients":["jon@example.com"]},{"email":"sender@example.com","customer_handle":"examplecustomer","timestamp":1767225601,"event":"hard-bounced","request_id":"4ef8a1b3","recipients":["jane@example.com"]}]',
    },
  ],
  sign(request, key, now) {
    const params = `("content-digest");created=${now};alg="ed25519";keyid="mckey"`;
    request.headers['content-digest'] = digest(request.body);
    request.headers['signature-input'] = `sig_${now}=${params}`;
    request.headers.signature = `sig_${now}=:${crypto.sign(null, base(digest(request.body), params), key).toString('base64')}:`;
  },
  accepts(request, key, now, config) {
    const { 'content-digest': sum, 'signature-input': input, signature } = request.headers;
    const [, params, created] = /^sig_\d+=(\("content-digest"\);created=(\d+);.*)$/.exec(input);
    const [, value] = /^sig_\d+=:(.+):$/.exec(signature);
    const pair = config.public_key_base64 === mine.base64 ? mine : another;
    const fits = crypto.verify(null, base(sum, params), pair.publicKey, Buffer.from(value, 'base64'));
    return sum === digest(request.body) && Math.abs(now - Number(created)) <= 300 && fits;
  },
  keys: [mine.privateKey, another.privateKey],
  otherConfig: { public_key_base64: another.base64 },
  signature: 'signature',
  timestamped: { tolerance_s: 300 },
});
