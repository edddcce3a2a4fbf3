// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'hackerone',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'report_triaged',
      id: 'b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c',
      headers: { 'x-h1-event': 'report_triaged', 'x-h1-delivery': 'b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c' },
      body: '{"data":{"activity":{"type":"activity-bug-triaged","id":"1337","attributes":{"message":"Triaged","created_at":"2026-01-01T00:00:00.000Z","internal":false}},"report":{"type":"report","id":"1234","attributes":{"title":"XSS in login form","state":"triaged","created_at":"2025-12-31T00:00:00.000Z"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-h1-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-h1-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
