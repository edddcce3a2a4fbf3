// packages: inboundemail@0.20.0
import { suite } from '../lib/cases.mjs';
import { createRequire } from 'node:module';

const { verifyWebhookFromHeaders } = createRequire(import.meta.url)('inboundemail');
// The package asks the API for the endpoint's token.
const client = (verificationToken) => ({ endpoints: { retrieve: async () => ({ config: { verificationToken } }) } });

await suite({
  provider: 'inbound',
  by: 'inboundemail@0.20.0 verifyWebhookFromHeaders',
  config: { secrets: ['vt_9sKq7Lr2mN5pQ8tV1xY4zA6b'] },
  bodies: [
    {
      name: 'valid',
      type: 'email.received',
      headers: { 'x-webhook-event': 'email.received', 'x-endpoint-id': 'endp_xyz789' },
      body: '{"event":"email.received","timestamp":"2026-01-01T00:00:00.000Z","email":{"id":"inbnd_abc123def456","messageId":"<1@example.com>","from":{"text":"Jane <jane@example.com>","addresses":[{"name":"Jane","address":"jane@example.com"}]},"recipient":"support@example.org","subject":"Hello","receivedAt":"2026-01-01T00:00:00.000Z"},"endpoint":{"id":"endp_xyz789","name":"Support","type":"webhook"}}',
    },
  ],
  async sign(request, secret) {
    request.headers['x-webhook-verification-token'] = secret;
  },
  async accepts(request, secret) {
    return verifyWebhookFromHeaders(request.headers, client(secret));
  },
  signature: 'x-webhook-verification-token',
  covers: [],
  oddBodies: false,
});
