// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}.${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'outline',
  by: 'none: documented scheme',
  config: { secrets: ['ol_whs_A1b2C3d4E5f6G7h8I9j0K1l2'] },
  bodies: [
    {
      name: 'valid',
      type: 'documents.update',
      id: 'c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34',
      body: '{"id":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","actorId":"d9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69","webhookSubscriptionId":"b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c","createdAt":"2026-01-01T00:00:00.000Z","event":"documents.update","payload":{"id":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","model":{"id":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","title":"Handbook","url":"/doc/handbook-1a2b","revision":7}}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['outline-signature'] = `t=${at(now)},s=${mac(request, secret, at(now))}`;
  },
  accepts(request, secret, now) {
    const [, t, signature] = /^t=(.+?),s=(.+)$/.exec(request.headers['outline-signature']);
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
