// packages:
import { hmac, same, suite } from '../lib/cases.mjs';

await suite({
  provider: 'discourse',
  by: 'none: documented scheme, sha256= and HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-2Yk8mQz7Wc1Vb9Ns3Lp6'] },
  bodies: [
    {
      name: 'valid',
      type: 'post_created',
      id: 'https://forum.example.com#7011',
      headers: { 'x-discourse-instance': 'https://forum.example.com', 'x-discourse-event-id': '7011', 'x-discourse-event-type': 'post', 'x-discourse-event': 'post_created' },
      body: '{"post":{"id":4312,"username":"ada","created_at":"2026-01-01T00:00:00.417Z","cooked":"<p>Hello, wörld</p>","post_number":2,"post_type":1,"topic_id":987,"topic_slug":"release-notes","topic_title":"Release notes","raw":"Hello, wörld","category_id":5,"user_id":42}}',
    },
    {
      name: 'valid-topic-closed-status-updated',
      type: 'topic_closed_status_updated',
      id: 'https://forum.example.com#7012',
      headers: { 'x-discourse-instance': 'https://forum.example.com', 'x-discourse-event-id': '7012', 'x-discourse-event-type': 'topic', 'x-discourse-event': 'topic_closed_status_updated' },
      body: '{"topic":{"id":987,"title":"Release notes","slug":"release-notes","closed":true,"posts_count":2,"created_at":"2025-12-31T12:00:00.000Z","category_id":5,"user_id":42}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-discourse-event-signature'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-discourse-event-signature'], `sha256=${hmac('sha256', secret, request.body)}`),
});
