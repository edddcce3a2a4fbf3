// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
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
