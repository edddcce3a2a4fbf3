// packages: mollie-api-typescript@1.12.28
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { suite, hmac } from '../lib/cases.mjs';

// The package's own path to it, which its list of exports does not name.
const require = createRequire(import.meta.url);
const { SignatureValidator } = require(join(dirname(require.resolve('mollie-api-typescript/package.json')), 'dist/commonjs/utils/webhooks/signature_validator.js'));
const event = (type, id, entity) => JSON.stringify({
  resource: 'event', id, type, entityId: entity, createdAt: '2026-01-01T00:00:00.0Z',
  _links: { self: { href: `https://api.mollie.com/v2/events/${id}`, type: 'application/hal+json' }, documentation: { href: 'https://docs.mollie.com/guides/webhooks', type: 'text/html' } },
});
const secret = 'h7Jk29dLqPz4XcVb81NmRtYw';
const paid = event('payment-link.paid', 'event_GvJ8WHrp5isUdRub9CJyH', 'pl_qng5gbbv8NAZ5gpM5ZYgx');
const headers = (signature) => ({ 'content-type': 'application/json', 'x-mollie-signature': signature });
const of = (key) => `sha256=${hmac('sha256', key, paid)}`;

await suite({
  provider: 'mollie-next-gen',
  by: 'mollie-api-typescript@1.12.28 SignatureValidator.validate',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'payment-link.paid', id: 'event_GvJ8WHrp5isUdRub9CJyH', body: paid },
    { name: 'valid-ping', type: 'hook.ping', id: 'event_GvJ8WHrp5isUdRub9CJyJ', body: event('hook.ping', 'event_GvJ8WHrp5isUdRub9CJyJ', 'hook_tNP6fpF9fLJpFWziRcgiH') },
  ],
  sign(request, key) {
    request.headers['x-mollie-signature'] = `sha256=${hmac('sha256', key, request.body)}`;
  },
  // Node joins repeated headers with a comma; the package takes them as a list.
  accepts: (request, key) => SignatureValidator.validate(request.text, key, request.headers['x-mollie-signature']?.split(/, */)),
  extra: [
    { case: 'valid-without-prefix', expect: 'accept', type: 'payment-link.paid', id: 'event_GvJ8WHrp5isUdRub9CJyH', body: paid, headers: headers(of(secret).slice(7)) },
    { case: 'valid-two-signatures', expect: 'accept', type: 'payment-link.paid', id: 'event_GvJ8WHrp5isUdRub9CJyH', body: paid, headers: headers(`${of('another')},${of(secret)}`) },
    { case: 'valid-two-signatures-spaced', expect: 'accept', type: 'payment-link.paid', id: 'event_GvJ8WHrp5isUdRub9CJyH', body: paid, headers: headers(`${of('another')}, ${of(secret)}`) },
    { case: 'two-wrong-signatures', expect: 'reject', body: paid, headers: headers(`${of('another')},${of('third')}`) },
  ],
});
