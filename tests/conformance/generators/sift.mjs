// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = '1d708fe409f22591';
const json = { 'content-type': 'application/json' };
const body = '{"entity":{"type":"user","id":"USER123"},"decision":{"id":"block_user_payment_abuse"},"time":1767225600000}';
const order = '{"entity":{"type":"order","id":"ORDER-42"},"decision":{"id":"accept_order_payment_abuse"},"time":1767225605000}';
const made = (algorithm, key, text) => `${algorithm}=${hmac(algorithm, key, text)}`;

await suite({
  provider: 'sift',
  by: 'none: documented scheme, HMAC-SHA1 or HMAC-SHA256 of the body, named by the prefix',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'decision.block_user_payment_abuse', body },
    { name: 'valid-order', type: 'decision.accept_order_payment_abuse', body: order },
  ],
  sign(request, key) {
    request.headers['x-sift-science-signature'] = made('sha256', key, request.body);
  },
  accepts: (request, key) => ['sha1', 'sha256'].some((algorithm) => same(request.headers['x-sift-science-signature'] ?? '', made(algorithm, key, request.body))),
  forge: {
    'another-algorithm-named': (request) => void (request.headers['x-sift-science-signature'] = request.headers['x-sift-science-signature'].replace('sha256', 'sha1')),
    'md5-named': (request) => void (request.headers['x-sift-science-signature'] = made('md5', secret, request.body)),
  },
  extra: [
    { case: 'valid-sha1', expect: 'accept', type: 'decision.block_user_payment_abuse', headers: { ...json, 'x-sift-science-signature': made('sha1', secret, body) }, body },
    { case: 'sha1-of-another-body', expect: 'reject', headers: { ...json, 'x-sift-science-signature': made('sha1', secret, body) }, body: order },
  ],
});
