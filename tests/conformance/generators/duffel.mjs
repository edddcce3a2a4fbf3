// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'duffel',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.airline_initiated_change_detected',
      id: 'eve_0000A3tQSmKyqOrcySrGbo',
      body: '{"id":"eve_0000A3tQSmKyqOrcySrGbo","type":"order.airline_initiated_change_detected","api_version":"v2","live_mode":true,"created_at":"2026-01-01T00:00:00.000000Z","idempotency_key":"ord_0000ABd6wggSct7BoraU1o","data":{"object":{"id":"ord_0000ABd6wggSct7BoraU1o","booking_reference":"RZPNX8"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-duffel-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['x-duffel-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
