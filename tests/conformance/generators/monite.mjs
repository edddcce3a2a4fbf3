// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'monite',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'receivable.created',
      id: 'c1a7a3d1-5f1c-4e8a-8b1d-4b0e9b550d6a',
      body: '{"id":"c1a7a3d1-5f1c-4e8a-8b1d-4b0e9b550d6a","created_at":"2026-01-01T00:00:00.000000+00:00","action":"receivable.created","api_version":"2024-05-25","entity_id":"ea837e28-509b-4b6a-a600-d54b6aa0b1f5","description":"receivable_has_been_created","object":{"id":"a1b2c3d4-5f1c-4e8a-8b1d-4b0e9b550d6b"},"object_type":"receivable","webhook_subscription_id":"d9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['monite-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['monite-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
