// packages: @octokit/webhooks-methods@6.0.0
import { suite, hmac, same } from '../lib/cases.mjs';
import { sign, verify } from '@octokit/webhooks-methods';

const secret = 'generic shared secret 1';
const order = '{"type":"order.created","event_id":"evt-1","timestamp":"2026-01-01T00:00:00Z","data":{"note":"Zoë – 東京 🎉 <b>&"}}';
const json = { 'content-type': 'application/json' };
const config = { secrets: [secret] };
const acme = { ...config, override: { verify: { signature: { from: '{header:x-acme-signature}', prefix: 'sha256=' } } } };
const sha512 = { ...config, header: 'x-acme-signature', algorithm: 'sha512' };
const valid = { expect: 'accept', body: order, type: 'order.created', id: 'evt-1' };
const header = (config) => (config.override || config.header ? 'x-acme-signature' : 'x-signature');
const signature = hmac('sha256', secret, order);
const as = (name, value) => ({ body: order, headers: { ...json, [name]: value } });

await suite({
  provider: 'generic-hmac',
  by: '@octokit/webhooks-methods@6.0.0 verify',
  config,
  bodies: [
    { name: 'valid-default-header', type: 'order.created', id: 'evt-1', body: order },
    { name: 'valid-other-names', type: 'order.paid', id: 'evt-2', body: '{"eventType":"order.paid","eventId":"evt-2","id":"order-1"}' },
    { name: 'valid-id-of-the-thing', type: 'order.paid', body: '{"event":{"type":"order.paid"},"id":"order-1"}' },
  ],
  async sign(request, secret, now, config) {
    if (config.algorithm) request.headers[header(config)] = hmac(config.algorithm, secret, request.body);
    else request.headers[header(config)] = (await sign(secret, request.text)).slice(config.override ? 0 : 'sha256='.length);
  },
  accepts(request, secret, now, config) {
    const signature = request.headers[header(config)];
    if (config.algorithm) return same(signature, hmac(config.algorithm, secret, request.body));
    // The package wants a prefix and lower-case letters.
    return verify(secret, request.text, config.override ? signature : `sha256=${signature.toLowerCase()}`);
  },
  extra: [
    { ...valid, case: 'default-header-upper-case-hex', ...as('x-signature', signature.toUpperCase()) },
    { ...valid, case: 'valid-override', sign: true, config: acme },
    { ...valid, case: 'valid-header-and-algorithm-configured', sign: true, config: sha512, verified_by: 'none: HMAC-SHA512 in hex' },
    { ...valid, case: 'rotated-second-secret-of-override', config: { ...acme, secrets: ['generic shared secret 2', secret] }, ...as('x-acme-signature', `sha256=${signature}`) },
    { case: 'wrong-secret-of-override', expect: 'reject', config: acme, ...as('x-acme-signature', `sha256=${hmac('sha256', 'generic shared secret 2', order)}`) },
    { case: 'no-prefix', expect: 'reject', config: acme, ...as('x-acme-signature', signature) },
    { case: 'default-header-despite-override', expect: 'reject', config: acme, ...as('x-signature', `sha256=${signature}`) },
    { case: 'base64-instead-of-hex', expect: 'reject', ...as('x-signature', hmac('sha256', secret, order, 'base64')) },
    { case: 'sha256-instead-of-sha512', expect: 'reject', config: sha512, ...as('x-acme-signature', signature) },
  ],
});
