// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (data_type, event_type) => JSON.stringify({ event_type, data_type, object_id: '5f1c2e8a-3b1d-4b0e-9b55-0d6a2c9a7e10', event_time: '2026-01-01T00:00:00+00:00', user_id: '1D6D93A4-2F0B-4C5E-9A7D-0B1C2D3E4F50' });
const expected = (request, secret) => hmac('sha256', secret, `${request.headers['x-oura-timestamp']}${request.text}`).toUpperCase();
const verify = (token, challenge) => ({ method: 'GET', headers: {}, url: `https://hooks.example.com/in/oura?verification_token=${token}&challenge=${challenge}` });

await suite({
  provider: 'oura',
  by: 'none: documented scheme, HMAC of time and body, hex in capitals',
  config: { secrets: ['N4T6QXW3BKYVZ2HDRJ7MPC5LSGFA8EUO'], params: { verification_token: 'q7Wm2xK9vT4bN8sL' } },
  bodies: [{ name: 'valid', type: 'sleep.update', body: event('sleep', 'update') }, { name: 'valid-workout', type: 'workout.create', body: event('workout', 'create') }],
  sign(request, secret, now) {
    request.headers['x-oura-timestamp'] = String(now);
    request.headers['x-oura-signature'] = expected(request, secret);
  },
  accepts: (request, secret, now) => Math.abs(now - Number(request.headers['x-oura-timestamp'])) <= 300 && same(request.headers['x-oura-signature'] ?? '', expected(request, secret)),
  signature: 'x-oura-signature',
  timestamped: { tolerance_s: 300 },
  extra: [
    { case: 'challenge', expect: 'handshake', ...verify('q7Wm2xK9vT4bN8sL', 'XvGw5hT2kLr8'), expect_status: 200, expect_reply: '{"challenge":"XvGw5hT2kLr8"}' },
    { case: 'challenge-wrong-token', expect: 'reject', ...verify('q7Wm2xK9vT4bN8sM', 'XvGw5hT2kLr8') },
    { case: 'challenge-of-markup', expect: 'reject', ...verify('q7Wm2xK9vT4bN8sL', '%3Cscript%3E') },
  ],
});
