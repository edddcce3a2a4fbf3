// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, type, id, data) => ({
  name, type, id, headers: { 'user-agent': 'PagerDuty-Webhook/V3.0' },
  body: JSON.stringify({ event: { id, event_type: type, resource_type: 'incident', occurred_at: '2026-01-01T00:00:00.000Z', agent: null, client: null, data } }),
});
const expected = (request, secret) => `v1=${hmac('sha256', secret, request.body)}`;

await suite({
  provider: 'pagerduty',
  by: 'none: documented scheme, HMAC of the body, several with v1= and commas',
  config: { secrets: ['y5LwCj3mQz8Rt2Vn7Xk1Pb6Hd4Gs9Fa0'] },
  bodies: [
    event('valid', 'incident.triggered', '01BBYA7WXVMUBT8OTLN8M4HJ2I', { id: 'PGR0VU2', type: 'incident', title: 'Größerer Ausfall', status: 'triggered' }),
    event('valid-ping', 'pagey.ping', '01CEHA9WXVMUBT8OTLN8M4HJ3J', { message: 'Hello from your friend Pagey!', type: 'ping' }),
    { ...event('valid-two-signatures', 'incident.resolved', '01CEHA9WXVMUBT8OTLN8M4HJ4K', { id: 'PGR0VU2' }), headers: { 'x-test': 'two' } },
  ],
  sign(request, secret) {
    const mine = expected(request, secret);
    request.headers['x-pagerduty-signature'] = request.headers['x-test'] ? `v1=${'0'.repeat(64)},${mine}` : mine;
  },
  accepts: (request, secret) => (request.headers['x-pagerduty-signature'] ?? '').split(',').some((one) => same(one, expected(request, secret))),
  forge: { 'another-version': (request) => void (request.headers['x-pagerduty-signature'] = request.headers['x-pagerduty-signature'].replace('v1=', 'v2=')) },
});
