// packages: standardwebhooks@1.1.1
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'origami',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_oNFnnSMyCAmffk0lFeYCU77swQ5/37pA'] },
  bodies: [
    {
      name: 'valid',
      type: 'sequence.reply.received',
      id: '22973f21-038e-47cd-ac68-eb88d4b87547',
      headers: { 'webhook-id': '22973f21-038e-47cd-ac68-eb88d4b87547' },
      body: '{"type":"sequence.reply.received","timestamp":"2026-01-01T00:00:00.000Z","data":{"channel":"email","sequence_id":"3d0f6f1c-6a0e-4c41-9a57-1f2e3d4c5b6a","newly_stopped":true,"outreach_target":{"id":"0c1d2e3f-4a5b-4c6d-8e7f-9a0b1c2d3e4f","email":"ada@example.com"},"reply_message":{"subject":"Re: Hello","body":"Sounds good.","received_at":"2025-12-31T23:59:58.000Z"}}}',
    },
    {
      name: 'valid-table-run-completed',
      type: 'table.run.completed',
      id: 'abf4cf58-fc70-4f6b-a531-fb6f7051321d',
      headers: { 'webhook-id': 'abf4cf58-fc70-4f6b-a531-fb6f7051321d' },
      body: '{"type":"table.run.completed","timestamp":"2026-01-01T00:00:05.000Z","data":{"run_id":"7a6b5c4d-3e2f-4a1b-9c0d-8e7f6a5b4c3d","table_id":"1f2e3d4c-5b6a-4798-8a9b-0c1d2e3f4a5b","source":"api","status":"complete"}}',
    },
  ],
  ...standard('webhook', Webhook),
  forge: {
    'another-id': (request) => put(request, 'webhook-id', '2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
