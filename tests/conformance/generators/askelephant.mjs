// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
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
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
