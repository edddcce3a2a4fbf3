// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'usestable',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_AqYbnCgK6qRxLcm7MX/S26PeFoMM7A6I'] },
  bodies: [
    {
      name: 'valid',
      type: 'location.created',
      id: 'msg_KIgdfS4q4KpTQ3wCych0yGi2q3w',
      headers: { 'svix-id': 'msg_KIgdfS4q4KpTQ3wCych0yGi2q3w' },
      body: '{"data":{"address":{"city":"San Francisco","line1":"123 Main St","line2":"Suite #1000","postalCode":"94105","state":"CA"},"id":"70a3d702-bf1d-4153-8eb2-d3d889aff7f0","metadata":null,"onboarding":{"status":"authorize"},"type":"cmra"},"eventType":"location.created"}',
    },
    {
      name: 'valid-mail-item-created',
      type: 'mailItem.created',
      id: 'msg_Balfg0DELsm0U9d130a9vLmh18C',
      headers: { 'svix-id': 'msg_Balfg0DELsm0U9d130a9vLmh18C' },
      body: '{"data":{"archivedAt":null,"barcodeId":"STABLE-TEST-123456","businessRecipient":"Acme Inc","checks":[],"from":"John Doe","id":"b67416b1-8b44-40d8-9842-6c457acc4bf8","location":{"id":"70a3d702-bf1d-4153-8eb2-d3d889aff7f0","type":"cmra"}},"eventType":"mailItem.created"}',
    },
  ],
  ...standard('svix', Webhook),
});
