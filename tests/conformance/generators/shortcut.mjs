// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'shortcut',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-shortcut-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'story.update', id: '595285dc-9c43-4b9c-a1e6-0cd9aff5b084:story:16927:update', body: '{"id":"595285dc-9c43-4b9c-a1e6-0cd9aff5b084","changed_at":"2026-01-01T00:00:00.569Z","primary_id":16927,"member_id":"56d8a839-1c52-437f-b981-c3a15a11d6d4","version":"v1","actions":[{"id":16927,"entity_type":"story","action":"update","name":"test story","story_type":"feature","app_url":"https://app.shortcut.com/example/story/16927","changes":{"started":{"new":true,"old":false},"workflow_state_id":{"new":1495,"old":1493}}}],"references":[{"id":1495,"entity_type":"workflow-state","name":"In Development","type":"started"}]}' },
    { name: 'valid-comment', type: 'story-comment.create', id: '595285dc-9c43-4b9c-a1e6-0cd9aff5b085:story-comment:17:create', body: '{"id":"595285dc-9c43-4b9c-a1e6-0cd9aff5b085","changed_at":"2026-01-01T00:00:05.000Z","member_id":"56d8a839-1c52-437f-b981-c3a15a11d6d4","version":"v1","actions":[{"id":17,"entity_type":"story-comment","action":"create","author_id":"56d8a839-1c52-437f-b981-c3a15a11d6d4","text":"Looks good"}]}' },
  ],
  sign(request, secret) {
    request.headers['payload-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['payload-signature'] ?? '', hmac('sha256', secret, request.body)),
  extra: [
    { case: 'valid-two-actions', expect: 'accept', sign: true, body: '{"id":"595285dc-9c43-4b9c-a1e6-0cd9aff5b086","actions":[{"id":1,"entity_type":"story","action":"create"},{"id":2,"entity_type":"epic","action":"update"}],"version":"v1"}' },
    { case: 'valid-no-actions', expect: 'accept', sign: true, body: '{"id":"595285dc-9c43-4b9c-a1e6-0cd9aff5b087","actions":[],"version":"v1"}' },
  ],
});
