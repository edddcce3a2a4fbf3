// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'askelephant',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_sMzPjWM6da8cBPrRcmYmiXbObg3rXLVv'] },
  bodies: [
    {
      name: 'valid',
      type: 'v1.contact.updated',
      id: 'evt_01JGFJ8X2M3N4P5Q6R7S8T9V0W',
      headers: { 'svix-id': 'msg_qsdAyslep6GhYIEGGyCvLJyUwNB' },
      body: '{"id":"evt_01JGFJ8X2M3N4P5Q6R7S8T9V0W","type":"v1.contact.updated","api_version":"v1","created_at":"2026-01-01T00:00:00.000Z","workspace_id":"wrks_01JGFJ8X2M3N4P5Q6R7S8T9V0X","data":{"object":{"id":"cntct_01JGFJ8X2M","object":"contact","first_name":"Ada","last_name":"Example","email":"ada@example.com"},"previous_attributes":{"last_name":"Sample"}}}',
    },
    {
      name: 'valid-v1-engagement-transcript-timeline-completed',
      type: 'v1.engagement.transcript_timeline.completed',
      id: 'evt_01JGFJ8X2M3N4P5Q6R7S8T9V0Y',
      headers: { 'svix-id': 'msg_rSapXV9u8VNrvSWq3FBuWNEAJjT' },
      body: '{"id":"evt_01JGFJ8X2M3N4P5Q6R7S8T9V0Y","type":"v1.engagement.transcript_timeline.completed","api_version":"v1","created_at":"2026-01-01T00:00:05.000Z","workspace_id":"wrks_01JGFJ8X2M3N4P5Q6R7S8T9V0X","data":{"object":{"id":"ngmt_01JGFJ8X2N","object":"engagement","title":"Weekly sync"}}}',
    },
  ],
  ...standard('svix', Webhook),
});
