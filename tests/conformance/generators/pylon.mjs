// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (event_type) => JSON.stringify({ event_type, data: { id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10', number: 42, title: 'Anmeldung für Köln', state: 'new', created_at: '2026-01-01T00:00:00Z' } });
const expected = (request, secret) => `hs256=${hmac('sha256', secret, `${request.headers['pylon-webhook-timestamp']}.${request.text}`)}`;

await suite({
  provider: 'pylon',
  by: 'none: documented scheme, HMAC of time, a dot and the body, with hs256=',
  config: { secrets: ['Zk3nQ8wLrT5vNcXy2mHbJd7GpSfA4eUi'] },
  headers: { 'content-type': 'application/json', 'pylon-webhook-version': '2021-07' },
  bodies: [{ name: 'valid', type: 'issue.created', body: event('issue.created') }, { name: 'valid-custom', type: 'webhook', body: '{"issue_id":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","priority":"high"}' }],
  sign(request, secret, now) {
    request.headers['pylon-webhook-timestamp'] = String(now);
    request.headers['pylon-webhook-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers['pylon-webhook-timestamp'])) <= 300 && same(request.headers['pylon-webhook-signature'] ?? '', expected(request, secret)),
  signature: 'pylon-webhook-signature',
  timestamped: { tolerance_s: 300 },
  forge: { 'no-prefix': (request) => void (request.headers['pylon-webhook-signature'] = request.headers['pylon-webhook-signature'].slice(6)) },
});
