// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.text}${t}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'ghost',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'post',
      body: '{"post":{"current":{"id":"6956f0b2a8f6cd1d0e1c2a3b","uuid":"5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10","title":"Hello","slug":"hello","status":"published","updated_at":"2026-01-01T00:00:00.000Z","url":"https://example.com/hello/"},"previous":{"status":"draft","updated_at":"2025-12-31T23:59:00.000Z"}}}',
    },
    {
      name: 'valid-member',
      type: 'member',
      body: '{"member":{"current":{"id":"6956f0b2a8f6cd1d0e1c2a3c","email":"jon@example.com","status":"free","updated_at":"2026-01-01T00:00:00.000Z"},"previous":{}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-ghost-signature'] = `sha256=${mac(request, secret, at(now))}, t=${at(now)}`;
  },
  accepts(request, secret, now) {
    const [, signature, t] = /^sha256=(.+), t=(.+)$/.exec(request.headers['x-ghost-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
