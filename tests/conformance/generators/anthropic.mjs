// packages: @anthropic-ai/sdk@1.13.0 standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import Anthropic from '@anthropic-ai/sdk';
import { Webhook } from 'standardwebhooks';

const client = new Anthropic({ apiKey: 'none' });
const event = (id, type, thing) => ({
  type,
  id,
  headers: { 'webhook-id': id },
  body: JSON.stringify({
    id,
    created_at: '2026-01-01T00:00:00Z',
    data: { id: thing, organization_id: '4f2c1b9e-8d3a-4a55-9a0f-2e7d6c5b4a31', type, workspace_id: 'wrkspc_01JwQvzr7rXLA5AGx3HKfFUJ' },
    type: 'event',
  }),
});

await suite({
  provider: 'anthropic',
  by: '@anthropic-ai/sdk@1.13.0 beta.webhooks.unwrap',
  config: { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
  bodies: [
    { name: 'valid', ...event('wevt_01JABCDEFGHJKMNPQRSTVWXYZ0', 'session.status_idled', 'sesn_011CZkZAtmR3yMPDzynEDxu7') },
    { name: 'valid-vault', ...event('wevt_01JABCDEFGHJKMNPQRSTVWXYZ1', 'vault.created', 'vlt_011CZkZDLs7fYzm1hXNPeRjv') },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts: (request, secret) => Boolean(client.beta.webhooks.unwrap(request.text, { headers: request.headers, key: secret })),
  timestamped: { tolerance_s: 300 },
  forge: {
    'changed-webhook-id': (request) => void (request.headers['webhook-id'] = 'wevt_01JABCDEFGHJKMNPQRSTVWXYZ9'),
    'missing-webhook-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
