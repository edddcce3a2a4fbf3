// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'crossmint',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'nfts.create.succeeded',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qi',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qi' },
      body: '{"id":"16f1a2b3","actionId":"2c8b4b1a-6a2f-4b54-b6f8-8b6e0e7e6f11","type":"nfts.create.succeeded","data":{"collection":{"id":"default-polygon"},"recipient":{"walletAddress":"0x9c76ae45c36a4da3801a5ba387bbfa3c073ecae2"},"token":{"id":"9f2b","chain":"polygon","tokenId":"42"}},"completedAt":"2026-01-01T00:00:00.000Z"}',
    },
    {
      name: 'valid-orders-payment-succeeded',
      type: 'orders.payment.succeeded',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qj',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qj' },
      body: '{"type":"orders.payment.succeeded","payload":{"orderId":"e6d7f0a1-9b8c-4d5e-8f6a-7b0c1d2e3f4a","phase":"delivery","payment":{"status":"completed","currency":"usd"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
