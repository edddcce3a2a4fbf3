// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'agentmail',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.received',
      id: 'evt_123abc',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pc' },
      body: '{"type":"event","event_type":"message.received","event_id":"evt_123abc","message":{"inbox_id":"agent@agentmail.to","thread_id":"thd_1a2b3c","message_id":"<abc123@agentmail.to>","labels":["received"],"timestamp":"2026-01-01T00:00:00Z","from":"Jane <jane@example.com>","to":["agent@agentmail.to"],"subject":"Hello","preview":"Hi there","text":"Hi there","size":1024}}',
    },
    {
      name: 'valid-message-delivered',
      type: 'message.delivered',
      id: 'evt_123abd',
      headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pd' },
      body: '{"type":"event","event_type":"message.delivered","event_id":"evt_123abd","delivery":{"inbox_id":"agent@agentmail.to","thread_id":"thd_1a2b3c","message_id":"<abc124@agentmail.to>","timestamp":"2026-01-01T00:00:05Z","recipients":["jane@example.com"]}}',
    },
  ],
  ...standard('svix', Webhook),
});
