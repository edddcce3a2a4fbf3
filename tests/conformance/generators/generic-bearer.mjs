// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'AK-7d3f9b1c5e2a4608';
const show = (authorization) => (request) => void (request.headers.authorization = authorization);

await suite({
  provider: 'generic-bearer',
  by: 'none: RFC 6750',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'order.created', id: 'evt-1', body: '{"type":"order.created","event_id":"evt-1","timestamp":"2026-01-01T00:00:00Z"}' },
    { name: 'valid-type-in-header', type: 'order.paid', headers: { 'x-event-type': 'order.paid' }, body: '{"n":1}' },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers.authorization = `Bearer ${secret}`),
  accepts: (request, secret) => same(request.headers.authorization, `Bearer ${secret}`),
  covers: [],
  forge: {
    'token-prefix': show(`Bearer ${secret.slice(0, -1)}`),
    'token-with-suffix': show(`Bearer ${secret}x`),
    'token-case-changed': show('Bearer ak-7D3F9B1C5E2A4608'),
    'empty-token': show('Bearer '),
    'scheme-missing': show(secret),
    'scheme-basic': show(`Basic ${secret}`),
    'scheme-twice': show(`Bearer Bearer ${secret}`),
  },
});
