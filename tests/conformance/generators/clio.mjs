// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'clio',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['b4e1c9d27a5f40368be2d1f0c3a59786'] },
  bodies: [
    {
      name: 'valid',
      type: 'created',
      body: `{"data":{"id":1234,"etag":"\\"7b0e2c6ff0c2a3d7e6f1b7a3c4d5e6f7\\"","display_number":"00042-Example","status":"open","description":"Lease of an office","client":{"id":987,"name":"Example GmbH"},"practice_area":{"id":12,"name":"Real estate"},"created_at":"2026-01-01T00:00:00+00:00","updated_at":"2026-01-01T00:00:00+00:00"},"meta":{"event":"created","webhook_id":2345}}`,
    },
    {
      name: 'valid-updated',
      type: 'updated',
      body: `{"data":{"id":1235,"etag":"\\"7b0e2c6ff0c2a3d7e6f1b7a3c4d5e6f8\\"","updated_at":"2026-01-01T00:00:05+00:00"},"meta":{"event":"updated","webhook_id":2345}}`,
    },
  ],
  sign(request, secret) {
    request.headers['x-hook-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-hook-signature'], hmac('sha256', secret, request.body)),
  extra: [
    { case: 'handshake-secret', expect: 'handshake', headers: { 'x-hook-secret': 'b4e1c9d27a5f40368be2d1f0c3a59787' }, config: {}, expect_status: 200, expect_reply: '' },
    { case: 'handshake-markup', expect: 'reject', headers: { 'x-hook-secret': '{"data":{}}' }, config: {} },
    { case: 'handshake-empty-secret', expect: 'reject', headers: { 'x-hook-secret': '' }, config: {} },
  ],
});
