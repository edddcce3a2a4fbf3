// packages: svix@2.5.0
import { suite, put } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'stych',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    { name: 'valid', type: 'direct.user.create', id: '49d6aad4-f3d4-4b8b-9c56-8a3e1f0d7c21', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pS' }, body: '{"project_id":"project-test-7c1f2b63-8a25-4b2c-8d2e-1c3b4d5e6f70","event_id":"49d6aad4-f3d4-4b8b-9c56-8a3e1f0d7c21","action":"CREATE","object_type":"user","source":"DIRECT","id":"user-test-16d9ba61-97a1-4ba4-9720-b03761dc50c6","timestamp":"2026-01-01T00:00:00.000Z","user":{"user_id":"user-test-16d9ba61-97a1-4ba4-9720-b03761dc50c6","emails":[{"email":"ada@example.com","verified":true}],"name":{"first_name":"Ada","last_name":"Example"},"status":"active","created_at":"2026-01-01T00:00:00Z"}}' },
    { name: 'valid-delete', type: 'dashboard.member.delete', id: '49d6aad4-f3d4-4b8b-9c56-8a3e1f0d7c22', headers: { 'svix-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pT' }, body: '{"project_id":"project-test-7c1f2b63-8a25-4b2c-8d2e-1c3b4d5e6f70","event_id":"49d6aad4-f3d4-4b8b-9c56-8a3e1f0d7c22","action":"DELETE","object_type":"member","source":"DASHBOARD","id":"member-test-32fc5024-9c09-4da3-bd2e-c9ce4da9375f","timestamp":"2026-01-01T00:00:05.000Z"}' },
  ],
  ...standard('svix', Webhook),
  longBody: 1500,
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
    'another-version': (request) => put(request, 'svix-signature', request.headers['svix-signature'].replace('v1,', 'v2,')),
  },
});
