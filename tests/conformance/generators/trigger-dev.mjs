// packages: @trigger.dev/sdk@4.8.3
import { suite, hmac } from '../lib/cases.mjs';
import { webhooks } from '@trigger.dev/sdk';

await suite({
  provider: 'trigger-dev',
  by: '@trigger.dev/sdk@4.8.3 webhooks.constructEvent',
  config: { secrets: ['2f5f0c7d9a1e4b3c8d6e5f4a3b2c1d0e'] },
  bodies: [
    {
      name: 'valid',
      type: 'alert.deployment.success',
      id: 'alert_wxyz1234',
      body: '{"id":"alert_wxyz1234","created":"2026-01-01T00:00:00.000Z","webhookVersion":"v1","type":"alert.deployment.success","object":{"deployment":{"id":"deployment_a1b2c3","status":"DEPLOYED","version":"20260101.1","shortCode":"a1b2c3","deployedAt":"2026-01-01T00:00:00.000Z"},"tasks":[{"id":"hello","filePath":"src/hello.ts","exportName":"hello","triggerSource":"STANDARD"}],"environment":{"id":"env_1","type":"PRODUCTION","slug":"prod"},"organization":{"id":"org_1","slug":"acme","name":"Acme"},"project":{"id":"proj_1","ref":"proj_abc","slug":"acme","name":"Acme"}}}',
    },
  ],
  async sign(request, secret) {
    request.headers['x-trigger-signature-hmacsha256'] = hmac('sha256', secret, request.body);
  },
  async accepts(request, secret) {
    await webhooks.constructEvent({ payload: request.text, header: request.headers['x-trigger-signature-hmacsha256'] }, secret);
    return true;
  },
});
