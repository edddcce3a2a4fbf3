// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'AK-7d3f9b1c5e2a4608';
const order = '{"type":"order.created","event_id":"evt-1","timestamp":"2026-01-01T00:00:00Z"}';
const config = { secrets: [secret] };
const acme = { ...config, override: { verify: { token: { from: '{header:x-acme-token}' } } } };
const named = { ...config, header: 'x-acme-token' };
const json = { 'content-type': 'application/json' };
const headerOf = (config) => (config.override || config.header ? 'x-acme-token' : 'x-api-key');
const key = (value) => (request) => void (request.headers['x-api-key'] = value);

await suite({
  provider: 'generic-api-key-header',
  by: 'none: a token in a header',
  config,
  bodies: [
    { name: 'valid', type: 'order.created', id: 'evt-1', body: order },
    { name: 'valid-type-in-header', type: 'order.paid', headers: { 'x-event-type': 'order.paid' }, body: '{"n":1}' },
    { name: 'valid-other-names', type: 'order.paid', id: 'evt-2', body: '{"eventType":"order.paid","eventId":"evt-2","id":"order-1"}' },
    { name: 'valid-event-with-a-type', type: 'order.paid', id: 'evt-3', body: '{"event":{"type":"order.paid"},"delivery_id":"evt-3"}' },
    { name: 'valid-id-of-the-thing', type: 'order.paid', body: '{"event":"order.paid","id":"order-1"}' },
  ],
  longBody: 800,
  sign: (request, secret, now, config) => void (request.headers[headerOf(config)] = secret),
  accepts: (request, secret, now, config) => same(request.headers[headerOf(config)], secret),
  covers: [],
  forge: {
    'token-prefix': key(secret.slice(0, -1)),
    'token-with-suffix': key(`${secret}x`),
    'token-case-changed': key('ak-7D3F9B1C5E2A4608'),
    'as-bearer': (request) => void (request.headers = { ...json, authorization: `Bearer ${secret}` }),
    'in-query': (request) => void ((request.headers = json), (request.url += `?x-api-key=${secret}`)),
  },
  extra: [
    { case: 'valid-override', expect: 'accept', config: acme, sign: true, body: order, type: 'order.created', id: 'evt-1' },
    { case: 'valid-header-configured', expect: 'accept', config: named, sign: true, body: order, type: 'order.created', id: 'evt-1' },
    { case: 'default-header-despite-override', expect: 'reject', config: acme, headers: { ...json, 'x-api-key': secret }, body: order },
  ],
});
