// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const header = 'hostedhooks-signature';
const signature = (request, secret, time) => hmac('sha256', secret, Buffer.concat([Buffer.from(`${time}.`), request.body]));

await suite({
  provider: 'hostedhooks',
  by: 'none: documented scheme, HMAC of time and body',
  config: { secrets: ['hh_5f1c2e8a3b1d4b0e9b550d6a2c9a7e10'] },
  bodies: [
    {
      name: 'valid',
      type: 'user.created',
      id: 'b6b0c7a2-7b5d-4f55-9d0a-5b3c2d1e0f4a',
      body: '{"event_type":"user.created","event_id":"b6b0c7a2-7b5d-4f55-9d0a-5b3c2d1e0f4a","version":"1.0","created_at":"2026-01-01T00:00:00Z","data":{"id":"usr_42","email":"jon@example.com","name":"Jon","plan":"pro","created_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-invoice-paid',
      type: 'invoice.paid',
      id: 'b6b0c7a2-7b5d-4f55-9d0a-5b3c2d1e0f4b',
      body: '{"event_type":"invoice.paid","event_id":"b6b0c7a2-7b5d-4f55-9d0a-5b3c2d1e0f4b","version":"1.0","created_at":"2026-01-01T00:00:05Z","data":{"id":"inv_42","amount":"19.90","currency":"EUR"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret, now) => void (request.headers[header] = `t=${now},v1=${signature(request, secret, now)}`),
  accepts(request, secret, now) {
    const { t, v1 } = Object.fromEntries(request.headers[header].split(',').map((pair) => pair.split('=')));
    return Math.abs(now - Number(t)) <= 300 && same(v1, signature(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
