// packages: @linear/sdk@98.0.0
import { suite, hmac } from '../lib/cases.mjs';
import { LinearWebhookClient } from '@linear/sdk/webhooks';

const issue = (action, title) => (now) =>
  JSON.stringify({
    action,
    type: 'Issue',
    createdAt: '2026-01-01T00:00:00.000Z',
    data: { id: '2174add1-f7c8-44e3-bbf3-2d60b5ea8bc9', identifier: 'LIN-1', title, teamId: '72b2a2dc-6f4f-4423-9d34-24b5bd10634a' },
    url: 'https://linear.app/example/issue/LIN-1',
    organizationId: '4b0b6a2c-9d1e-4a3b-8f6a-1c2d3e4f5a6b',
    webhookTimestamp: now * 1000,
    webhookId: '000042e3-d123-4980-b49f-8e140eef9329',
  });
const headers = (id) => ({ 'linear-event': 'Issue', 'linear-delivery': id });

await suite({
  provider: 'linear',
  by: '@linear/sdk@98.0.0 LinearWebhookClient.parseVerifiedPayload',
  config: { secrets: ['lin_wh_A1b2C3d4E5f6G7h8'] },
  bodies: [
    { name: 'valid', type: 'Issue', id: '234d1a4e-b617-4388-90fe-adc3633d6b72', headers: headers('234d1a4e-b617-4388-90fe-adc3633d6b72'), body: issue('create', 'First') },
    { name: 'valid-update', type: 'Issue', id: '234d1a4e-b617-4388-90fe-adc3633d6b73', headers: headers('234d1a4e-b617-4388-90fe-adc3633d6b73'), body: issue('update', 'Second') },
  ],
  sign(request, secret, now) {
    request.headers['linear-timestamp'] = String(now * 1000);
    request.headers['linear-signature'] = hmac('sha256', secret, request.body);
  },
  accepts(request, secret) {
    const { 'linear-signature': signature, 'linear-timestamp': timestamp } = request.headers;
    new LinearWebhookClient(secret).parseVerifiedPayload(request.body, signature, timestamp);
    return true;
  },
  timestamped: { tolerance_s: 60 },
});
