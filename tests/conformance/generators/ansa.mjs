// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'ansa',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_6KXs85w9Xil22Ky/DpkPybjhSCEo0cIU'] },
  bodies: [
    {
      name: 'valid',
      type: 'autoreload.success',
      id: 'EAF61643-5B8D-4E8C-84B6-60D29D4CCA27',
      headers: { 'svix-id': 'msg_dkqr4t6fiTjOuOiJVtBbKgqF4e9' },
      body: '{"customer_id":"811233AE-ED61-4C52-A729-754B7396D0A3","data":{"current_balance":{"amount":2000,"currency":"usd"},"event_created_timestamp":"2026-01-01T00:00:00.123Z","reload_amount":500,"transaction_id":"46B5C79C-84AE-4175-8AFD-0A6D0AF7368F"},"error":null,"id":"EAF61643-5B8D-4E8C-84B6-60D29D4CCA27","merchant_id":"E3C103D6-2BD2-4E30-9B1F-D6EF4E5699B4","type":"autoreload.success","version":"v2"}',
    },
    {
      name: 'valid-add-balance-failure',
      type: 'add_balance.failure',
      id: '78eeee36-216f-4216-97b8-d77af91a0c77',
      headers: { 'svix-id': 'msg_a1fJ4XQBjhNsFhBM4OHbN3k7CWM' },
      body: '{"customer_id":"6285a9fd-cc52-4e2e-9dc7-400e751d7114","data":null,"error":{"code":"request_failed","message":"There was an error processing your payment method","type":"payment_method_error"},"id":"78eeee36-216f-4216-97b8-d77af91a0c77","merchant_id":"48a7abfb-ec49-479e-a707-61f236ebfad5","type":"add_balance.failure","version":"v2"}',
    },
  ],
  ...standard('svix', Webhook),
});
