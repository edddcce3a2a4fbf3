// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'langfuse',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'prompt-version.created',
      id: '6956f0b2a8f6cd1d0e1c2a3b',
      body: '{"id":"6956f0b2a8f6cd1d0e1c2a3b","timestamp":"2026-01-01T00:00:00.000Z","type":"prompt-version","action":"created","prompt":{"id":"prompt_abc123","name":"movie-critic","version":3,"projectId":"xyz789","labels":["production","latest"],"prompt":"As a {{criticLevel}} movie critic, rate {{movie}}","type":"text","config":{"model":"m"},"commitMessage":"Tone"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-langfuse-signature'] = `t=${at(now)},v1=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),v1=(.+)$/.exec(request.headers['x-langfuse-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
