// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'rootly',
  by: 'none: documented scheme, HMAC-SHA256 of time and body in a row',
  config: { secrets: ['9d1f3b5a7c2e4f608192a3b4c5d6e7f8'] },
  bodies: [
    { name: 'valid', type: 'incident.created', id: '8c6f2e1a-3b4d-4c5e-9f70-1a2b3c4d5e6f', body: '{"event":{"id":"8c6f2e1a-3b4d-4c5e-9f70-1a2b3c4d5e6f","type":"incident.created","issued_at":"2026-01-01T00:00:00.000-08:00"},"data":{"id":"1b2c3d4e-5f60-4718-92a3-b4c5d6e7f809","title":"Checkout is slow","slug":"checkout-is-slow","kind":"normal","private":false,"summary":"p99 above 2 s","status":"started","severity":{"name":"SEV1","slug":"sev1"},"started_at":"2026-01-01T00:00:00.000-08:00","created_at":"2026-01-01T00:00:00.000-08:00","updated_at":"2026-01-01T00:00:00.000-08:00"}}' },
    { name: 'valid-alert', type: 'alert.created', id: '8c6f2e1a-3b4d-4c5e-9f70-1a2b3c4d5e70', body: '{"event":{"id":"8c6f2e1a-3b4d-4c5e-9f70-1a2b3c4d5e70","type":"alert.created","issued_at":"2026-01-01T00:00:05.000-08:00"},"data":{"id":"2c3d4e5f-6071-4829-a3b4-c5d6e7f8091a","source":"datadog","summary":"High error rate","status":"open"}}' },
  ],
  sign(request, secret, now) {
    request.headers['x-rootly-signature'] = `t=${now},v1=${hmac('sha256', secret, now + request.text)}`;
  },
  accepts(request, secret, now) {
    const [, time, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(request.headers['x-rootly-signature'] ?? '') ?? [];
    return time !== undefined && Math.abs(now - time) <= 300 && same(signature, hmac('sha256', secret, time + request.text));
  },
  timestamped: { tolerance_s: 300 },
});
