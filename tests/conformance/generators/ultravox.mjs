// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${request.text}${t}`);
const at = (time) => new Date(time * 1000).toISOString();
const age = (t, now) => Math.abs(now - Date.parse(t) / 1000);

await suite({
  provider: 'ultravox',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'call.ended',
      body: '{"event":"call.ended","call":{"callId":"3c90c3cc-0d44-4b50-8888-8dd25736052a","created":"2026-01-01T00:00:00.000Z","joined":"2026-01-01T00:00:01.000Z","ended":"2026-01-01T00:02:00.000Z","endReason":"hangup","model":"fixie-ai/ultravox","shortSummary":"Greeting","metadata":{"order":"42"}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-ultravox-webhook-timestamp'] = at(now);
    request.headers['x-ultravox-webhook-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-ultravox-webhook-timestamp': t, 'x-ultravox-webhook-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
