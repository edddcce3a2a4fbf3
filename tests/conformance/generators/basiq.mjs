// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'basiq',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'transactions.updated',
      id: 'd0d3dd2e-5b1c-4a5e-9c3b-0f6a1f8d2c11',
      headers: { 'webhook-id': 'wh_d0d3dd2e' },
      body: '{"eventId":"d0d3dd2e-5b1c-4a5e-9c3b-0f6a1f8d2c11","eventTypeId":"transactions.updated","entityId":"8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10","links":{"eventEntity":"https://au-api.basiq.io/users/8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10/transactions","user":"https://au-api.basiq.io/users/8ce43854-8f3b-4f0a-a7a5-5a2a7f8b2f10"}}',
    },
  ],
  ...standard('webhook', Webhook),
});
