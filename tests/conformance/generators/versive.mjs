// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'versive',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_f0axWXR4A4mbv81zrNIQd+mMRDBoJEYQ'] },
  bodies: [
    {
      name: 'valid',
      type: 'interview.completed',
      id: 'msg_f2gxabxOUBZGelxs7jzwhXGn63l',
      headers: { 'svix-id': 'msg_f2gxabxOUBZGelxs7jzwhXGn63l' },
      body: '{"event_type":"interview.completed","interview":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","title":"My Study/study_123","status":"closed","is_mock":false,"created_at":"2025-12-31T23:50:00Z","started_at":"2025-12-31T23:50:12Z","ended_at":"2026-01-01T00:00:00Z","type":"VERSIVE","metadata":{},"active_time":569,"recording_url":null,"transcript":"Hello.","vid":"vid_123"},"study":{"id":"study_123","title":"My Study","mode":"TEXT_AND_VOICE"}}',
    },
  ],
  ...standard('svix', Webhook),
});
