// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'uphold',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_MPOl+It96eHA3cN/Vff2dBECvqURSaQL'] },
  bodies: [
    {
      name: 'valid',
      type: 'core.users.created',
      id: '6a3d8cea-5250-4bd0-a443-eb07b04c85d4',
      headers: { 'webhook-id': 'msg_v0nJmHt34wQnTZF3i1IssuSC06S' },
      body: '{"id":"6a3d8cea-5250-4bd0-a443-eb07b04c85d4","type":"core.users.created","createdAt":"2026-01-01T00:00:00.000Z","data":{"user":{"id":"b7e2c1d0-3f4a-4b5c-8d6e-7f8a9b0c1d2e","type":"individual","email":"jon@example.com","country":"GB","status":"pending"}}}',
    },
    {
      name: 'valid-core-transactions-completed',
      type: 'core.transactions.completed',
      id: '6a3d8cea-5250-4bd0-a443-eb07b04c85d5',
      headers: { 'webhook-id': 'msg_Biw6XJpZv4u6I1dsz1Cz1O2EKD6' },
      body: '{"id":"6a3d8cea-5250-4bd0-a443-eb07b04c85d5","type":"core.transactions.completed","createdAt":"2026-01-01T00:00:05.000Z","data":{"transaction":{"id":"0f1e2d3c-4b5a-4968-8776-655443322110","status":"completed","denomination":{"asset":"GBP","amount":"10.00"}}}}',
    },
  ],
  ...standard('webhook', Webhook),
});
