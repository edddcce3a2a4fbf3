// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'autumn',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'customer.products.updated',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qg',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qg' },
      body: '{"type":"customer.products.updated","data":{"scenario":"new","customer":{"id":"user_42","name":"Jon","email":"jon@example.com","env":"live","products":[{"id":"pro","name":"Pro","status":"active"}]},"updated_product":{"id":"pro","name":"Pro","is_add_on":false}}}',
    },
    {
      name: 'valid-customer-threshold-reached',
      type: 'customer.threshold_reached',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qh',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8qh' },
      body: '{"type":"customer.threshold_reached","data":{"threshold_type":"limit_reached","customer":{"id":"user_42"},"feature":{"id":"messages","type":"metered"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
