// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'benbase',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_u3+ePUo7gbnXWgDWu24pqtQTGgYyaE8v'] },
  bodies: [
    {
      name: 'valid',
      type: 'employee-census.sync-request',
      id: '0f1e2d3c-4b5a-4968-8776-655443322110',
      headers: { 'svix-id': 'msg_7ZxkPn2w3WnvEuRBxZbGcBvHcFs' },
      body: '{"data":{"employer_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"},"event_type":"employee-census.sync-request","id":"0f1e2d3c-4b5a-4968-8776-655443322110"}',
    },
    {
      name: 'valid-employee-census-sync-complete',
      type: 'employee-census.sync-complete',
      id: '0f1e2d3c-4b5a-4968-8776-655443322111',
      headers: { 'svix-id': 'msg_Yo10FGOvDAnwK3IqBycY5E24g7d' },
      body: '{"data":{"employer_id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"},"event_type":"employee-census.sync-complete","id":"0f1e2d3c-4b5a-4968-8776-655443322111"}',
    },
  ],
  ...standard('svix', Webhook),
});
