// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'cerebrum',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_ka7FlkhGOqZmdh0B7Ks3RjbPzaUlGuFt'] },
  bodies: [
    {
      name: 'valid',
      type: 'ORDER_SCORE_CHANGE',
      id: 'msg_P6hZXQ7OMNYzT5ALLwPacWwM6j4',
      headers: { 'svix-id': 'msg_P6hZXQ7OMNYzT5ALLwPacWwM6j4' },
      body: '{"id":"ORD-6sdubvu6lmt6","idType":"order","additionalMetadata":{"customerName":"John Doe","customerEmail":"john@example.com"},"event":"ORDER_SCORE_CHANGE","eventDate":"2026-01-01T00:00:00.000Z","svixAppId":"app_2hEDkP8xQLm5J6fN3vR7"}',
    },
    {
      name: 'valid-voucher-redeemed',
      type: 'VOUCHER_REDEEMED',
      id: 'msg_LWCSqOYH0ebTxW0BzkaeUKv3e6M',
      headers: { 'svix-id': 'msg_LWCSqOYH0ebTxW0BzkaeUKv3e6M' },
      body: '{"id":"INV-7tevcwv7mnu7","idType":"invite","additionalMetadata":{},"event":"VOUCHER_REDEEMED","eventDate":"2026-01-01T00:00:05.000Z","svixAppId":"app_2hEDkP8xQLm5J6fN3vR7"}',
    },
  ],
  ...standard('svix', Webhook),
});
