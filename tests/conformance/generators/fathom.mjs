// packages: fathom-typescript@0.0.37 svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { Fathom } from 'fathom-typescript';
import { Webhook } from 'svix';

await suite({
  provider: 'fathom',
  by: 'fathom-typescript@0.0.37 Fathom.verifyWebhook',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'new_meeting_content_ready',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W' },
      body: '{"title":"Quarterly Business Review","meeting_title":"QBR 2026 Q1","recording_id":123456789,"url":"https://fathom.video/calls/123456789","created_at":"2026-01-01T00:00:00Z","calendar_invitees_domains_type":"one_or_more_external","transcript_language":"en","recorded_by":{"name":"Alice Johnson","email":"alice@example.com","team":"Marketing"},"default_summary":{"template_name":"general","markdown_formatted":"## Summary"}}',
    },
    {
      name: 'valid-stand-up',
      type: 'new_meeting_content_ready',
      id: 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X',
      headers: { 'webhook-id': 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4X' },
      body: '{"title":"Stand-up","meeting_title":"Daily stand-up","recording_id":123456790,"url":"https://fathom.video/calls/123456790","created_at":"2026-01-02T00:00:00Z","recorded_by":{"name":"Bob Example","email":"bob@example.com"},"action_items":[{"description":"Send the figures","completed":false}]}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    Fathom.verifyWebhook(secret, request.headers, request.text);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
