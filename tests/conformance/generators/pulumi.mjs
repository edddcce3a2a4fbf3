// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'pulumi',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'stack_update',
      id: 'f2b5b1f0-4f7e-4b1f-9f0a-6c1d2e3f4a5b',
      headers: { 'pulumi-webhook-id': 'f2b5b1f0-4f7e-4b1f-9f0a-6c1d2e3f4a5b', 'pulumi-webhook-kind': 'stack_update' },
      body: '{"user":{"name":"Jon","githubLogin":"jon","avatarUrl":"https://example.com/a.png"},"organization":{"name":"acme","githubLogin":"acme"},"action":"update","kind":"update","projectName":"website","stackName":"production","updateUrl":"https://app.pulumi.com/acme/website/production/updates/7","result":"succeeded","resourceChanges":{"create":1,"same":12}}',
    },
  ],
  sign(request, secret) {
    request.headers['pulumi-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['pulumi-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
