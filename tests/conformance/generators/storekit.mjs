// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'storekit',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_yUUj/hdjIIehcNjZu8TlCLM0Fuz2uXZ1'] },
  bodies: [
    {
      name: 'valid',
      type: 'order.created',
      id: 'msg_KcNl45qaWqDSqBDlgPZq6Ub6Fi1',
      headers: { 'svix-id': 'msg_KcNl45qaWqDSqBDlgPZq6Ub6Fi1' },
      body: '{"event":"order.created","data":{"id":"ord_abc123","code":"A1B2","total":2500,"tip":250,"orderType":"Pickup","asap":true,"createdAt":"2026-01-01T00:00:00.000Z","customer":{"firstName":"Jane","lastName":"Smith","email":"jane@example.com","phone":"+447700900000"},"items":[{"name":"Burger","price":1200,"quantity":2,"modifiers":[]}],"venue":{"id":1234,"name":"The Oak","slug":"the-oak"}}}',
    },
    {
      name: 'valid-order-cancelled',
      type: 'order.cancelled',
      id: 'msg_PIebcnOHHctd6wombOIDN5IPNn2',
      headers: { 'svix-id': 'msg_PIebcnOHHctd6wombOIDN5IPNn2' },
      body: '{"event":"order.cancelled","data":{"id":"ord_abc124","code":"A1B3","total":1200,"orderType":"Pickup","createdAt":"2026-01-01T00:00:05.000Z","venue":{"id":1234,"name":"The Oak","slug":"the-oak"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
