// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'sumopod-pay',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_6fy5UnJaz7JOidcnR/oBDkDbT4NTLHOW'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.completed',
      id: 'msg_3fn9CEirHy0gULJfeJbnlYdCo8n',
      headers: { 'svix-id': 'msg_3fn9CEirHy0gULJfeJbnlYdCo8n', 'x-webhook-token': 'whtok_0a1b2c3d4e5f' },
      body: '{"event_type":"payment.completed","data":{"payment_id":"8b0f6a52-3c4d-4e5f-8a6b-7c8d9e0f1a2b","order_id":"INV-2026-001","amount":50000,"fee":750,"net_amount":49250,"status":"completed","payment_method":"qris","completed_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-payment-expired',
      type: 'payment.expired',
      id: 'msg_oEOVMrYwJyahrL2BW9fB3woJ4ZS',
      headers: { 'svix-id': 'msg_oEOVMrYwJyahrL2BW9fB3woJ4ZS', 'x-webhook-token': 'whtok_0a1b2c3d4e5f' },
      body: '{"event_type":"payment.expired","data":{"payment_id":"8b0f6a52-3c4d-4e5f-8a6b-7c8d9e0f1a2c","order_id":"INV-2026-002","amount":75000,"fee":0,"net_amount":0,"status":"expired","payment_method":"qris"}}',
    },
  ],
  ...standard('svix', Webhook),
});
