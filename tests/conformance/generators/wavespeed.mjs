// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret.slice(6), `${request.headers['webhook-id']}.${t}.${request.text}`);
const at = (time) => String(time);
const age = (t, now) => Math.abs(now - Number(t));

await suite({
  provider: 'wavespeed',
  by: 'none: documented scheme',
  config: { secrets: ['whsec_3a7c1e9f5b2d8a4c6e0f1b3d5a7c9e2f'] },
  bodies: [
    {
      name: 'valid',
      type: 'prediction.completed',
      id: '45b392b22c3b449fa935bd4a5f1c2e8a',
      headers: { 'webhook-id': '45b392b22c3b449fa935bd4a5f1c2e8a' },
      body: '{"id":"45b392b22c3b449fa935bd4a5f1c2e8a","model":"wavespeed-ai/flux-dev","input":{"prompt":"a cat"},"outputs":["https://example.com/out.png"],"urls":{"get":"https://api.wavespeed.ai/api/v3/predictions/45b392b22c3b449fa935bd4a5f1c2e8a/result"},"has_nsfw_contents":[false],"status":"completed","error":"","created_at":"2026-01-01T00:00:00.000Z"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = at(now);
    request.headers['webhook-signature'] = `v3,${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const { 'webhook-timestamp': t, 'webhook-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, `v3,${mac(request, secret, t)}`);
  },
  timestamped: { tolerance_s: 300 },
});
