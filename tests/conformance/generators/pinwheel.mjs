// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (name, kind, event_id) => ({ name, type: kind, id: event_id, body: JSON.stringify({ event: kind, event_id, payload: { account_id: '03bfcfd6-9f8a-4b1d-8d9f-1b2c3d4e5f60', end_user_id: 'user-42', outcome: 'success', timestamp: '2026-01-01T00:00:00.000000Z', note: 'Zoë' } }) });
const expected = (request, secret) => `v2=${hmac('sha256', secret, `v2:${request.headers['x-timestamp']}:${request.text}`)}`;

await suite({
  provider: 'pinwheel',
  by: 'none: documented scheme, HMAC of v2, time and body',
  config: { secrets: ['4f8a1c6d2b9e4035a7c1e8d3f6b2094c4f8a1c6d2b9e4035a7c1e8d3f6b2094d'] },
  bodies: [event('valid', 'paystubs.fully_synced', 'a7f3c1de-5b2a-4c8e-9d0f-1e2d3c4b5a69'), event('valid-account', 'account.added', 'a7f3c1de-5b2a-4c8e-9d0f-1e2d3c4b5a6a')],
  sign(request, secret, now) {
    request.headers['x-timestamp'] = String(now);
    request.headers['x-pinwheel-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers['x-timestamp'])) <= 300 && same(request.headers['x-pinwheel-signature'] ?? '', expected(request, secret)),
  signature: 'x-pinwheel-signature',
  timestamped: { tolerance_s: 300 },
  forge: { 'another-version': (request) => void (request.headers['x-pinwheel-signature'] = request.headers['x-pinwheel-signature'].replace('v2=', 'v1=')) },
});
