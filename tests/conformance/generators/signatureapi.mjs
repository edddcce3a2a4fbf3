// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'signatureapi',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'envelope.completed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pg',
      headers: { 'webhook-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pg' },
      body: '{"id":"evt_6zVQ3XkZJwS4zUO2GDW0xw","type":"envelope.completed","timestamp":"2026-01-01T00:00:00Z","data":{"object_id":"0b3d7dc2-7b3c-4d0a-9a4c-5fd7c1f2ad11","object_type":"envelope","envelope_id":"0b3d7dc2-7b3c-4d0a-9a4c-5fd7c1f2ad11","envelope_metadata":{"customer":"42"}}}',
    },
    {
      name: 'valid-recipient-completed',
      type: 'recipient.completed',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8ph',
      headers: { 'webhook-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8ph' },
      body: '{"id":"evt_6zVQ3XkZJwS4zUO2GDW0xx","type":"recipient.completed","timestamp":"2026-01-01T00:00:05Z","data":{"object_id":"re_1a2b3c","object_type":"recipient","envelope_id":"0b3d7dc2-7b3c-4d0a-9a4c-5fd7c1f2ad11"}}',
    },
  ],
  ...standard('webhook', Webhook),
});
