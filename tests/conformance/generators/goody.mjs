// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'goody',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pa',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pa' },
      body: '{"type":"order.created","created_at":"2026-01-01T00:00:00Z","data":{"id":"c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4c","status":"created","recipient_first_name":"Lee","order_batch_id":"0f9a5a1e-2b7c-4d7f-9f0a-7f7a3f9d2c11","amount":{"price_total":5500}}}',
    },
    {
      name: 'valid-order-shipped',
      type: 'order.shipped',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pb',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pb' },
      body: '{"type":"order.shipped","created_at":"2026-01-01T00:00:05Z","data":{"id":"c6e9a3a4-6f5a-4f4c-8f3c-0b8b1f2e3d4d","status":"shipped"}}',
    },
  ],
  ...standard('svix', Webhook),
});
