// packages: @onfido/api@6.2.0
import { suite, hmac } from '../lib/cases.mjs';
import { WebhookEventVerifier } from '@onfido/api';

await suite({
  provider: 'onfido',
  by: '@onfido/api@6.2.0 WebhookEventVerifier.readPayload',
  config: { secrets: ['_xhTnvXDaZ7w9hV4uT1kQbLrM2nSpJ0y'] },
  bodies: [
    {
      name: 'valid',
      type: 'check.completed',
      body: '{"payload":{"resource_type":"check","action":"check.completed","object":{"id":"2fd2d6bb-3b5d-4a64-8ea6-b6e3a3b3a1f1","status":"complete","completed_at_iso8601":"2026-01-01T00:00:00Z","href":"https://api.eu.onfido.com/v3.6/checks/2fd2d6bb-3b5d-4a64-8ea6-b6e3a3b3a1f1"}}}',
    },
    {
      name: 'valid-workflow-run-completed',
      type: 'workflow_run.completed',
      body: '{"payload":{"resource_type":"workflow_run","action":"workflow_run.completed","object":{"id":"6c7ec5a0-7d2b-4f8f-8a4a-2f1f3c9b7b10","status":"approved","completed_at_iso8601":"2026-01-01T00:00:05Z","href":"https://api.eu.onfido.com/v3.6/workflow_runs/6c7ec5a0-7d2b-4f8f-8a4a-2f1f3c9b7b10"}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-sha2-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    new WebhookEventVerifier(secret).readPayload(request.body, request.headers['x-sha2-signature']);
    return true;
  },
});
