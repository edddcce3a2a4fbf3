// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'flexprice',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_+iz2c9Ytn5eEfE9+bfvFMqL8wK5ITvMu'] },
  bodies: [
    {
      name: 'valid',
      type: 'invoice.update.finalized',
      id: 'msg_0DmlwjL2PoyWGcnGu4sAVHD3tDl',
      headers: { 'svix-id': 'msg_0DmlwjL2PoyWGcnGu4sAVHD3tDl' },
      body: '{"event_type":"invoice.update.finalized","invoice":{"id":"inv_01JGFJ8X2M3N4P5Q6R7S8T9V0W","customer_id":"cust_01JGFJ8X2M3N4P5Q6R7S8T9V0X","environment_id":"env_01JGFJ0000","subscription_id":"subs_01JGFJ8X2M3N4P5Q6R7S8T9V0Y","invoice_status":"FINALIZED","payment_status":"PENDING","currency":"usd","amount_due":"49.00","amount_paid":"0","invoice_number":"INV-202601-00001","finalized_at":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-subscription-cancelled',
      type: 'subscription.cancelled',
      id: 'msg_dxP4Ex1OkmbSsUUA7NwVHXUg7QQ',
      headers: { 'svix-id': 'msg_dxP4Ex1OkmbSsUUA7NwVHXUg7QQ' },
      body: '{"event_type":"subscription.cancelled","subscription":{"id":"subs_01JGFJ8X2M3N4P5Q6R7S8T9V0Y","customer_id":"cust_01JGFJ8X2M3N4P5Q6R7S8T9V0X","plan_id":"plan_01JGFJ0000","subscription_status":"cancelled","currency":"usd","cancelled_at":"2026-01-01T00:00:05Z"}}',
    },
  ],
  ...standard('svix', Webhook),
});
