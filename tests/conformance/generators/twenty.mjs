// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const mac = (request, secret, t) => hmac('sha256', secret, `${t}:${request.text}`);
const at = (time) => String(time * 1000);
const age = (t, now) => Math.abs(now - Number(t) / 1000);

await suite({
  provider: 'twenty',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'company.created',
      headers: { 'x-twenty-webhook-nonce': '8693aa109c7548c9a9596ef1ae2b6b54' },
      body: '{"targetUrl":"https://hooks.example.com/in/twenty","eventName":"company.created","objectMetadata":{"id":"d9f3b5c1-7a2e-4c8d-9b0f-1e2d3c4b5a69","nameSingular":"company"},"workspaceId":"b5a1f0c2-7d3e-4f5a-8b6c-9d0e1f2a3b4c","webhookId":"c1c8c3b0-7f6e-4b7d-9a65-2f7d5a1e0c34","eventDate":"2026-01-01T00:00:00.000Z","record":{"id":"7c1d8a55-1a0e-4a7e-9b93-3d0f2a6c5e17","name":"Acme"}}',
    },
  ],
  sign(request, secret, now) {
    request.headers['x-twenty-webhook-timestamp'] = at(now);
    request.headers['x-twenty-webhook-signature'] = mac(request, secret, at(now));
  },
  accepts(request, secret, now) {
    const { 'x-twenty-webhook-timestamp': t, 'x-twenty-webhook-signature': signature } = request.headers;
    return age(t, now) <= 300 && same(signature, mac(request, secret, t));
  },
  timestamped: { tolerance_s: 300 },
});
