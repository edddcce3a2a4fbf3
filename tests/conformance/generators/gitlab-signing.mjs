// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'gitlab-signing',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'Push Hook',
      id: 'f5e57d4b-0c3a-4d7b-8f5e-3a4c6a6b9b11',
      headers: { 'x-gitlab-event': 'Push Hook', 'x-gitlab-instance': 'https://gitlab.com', 'x-gitlab-event-uuid': '13792a34-cac6-4fda-95a8-c58e00a3954e', 'idempotency-key': 'f5e57d4b-0c3a-4d7b-8f5e-3a4c6a6b9b11', 'webhook-id': 'f5e57d4b-0c3a-4d7b-8f5e-3a4c6a6b9b11' },
      body: '{"object_kind":"push","event_name":"push","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","ref":"refs/heads/main","user_id":4,"user_name":"John Smith","project_id":15,"project":{"id":15,"name":"Diaspora","path_with_namespace":"mike/diaspora","default_branch":"main"},"commits":[],"total_commits_count":0}',
    },
    {
      name: 'valid-issue-hook',
      type: 'Issue Hook',
      id: '0a7d2f64-6f0d-4f38-9a3b-9e7a2c3d1f42',
      headers: { 'x-gitlab-event': 'Issue Hook', 'x-gitlab-instance': 'https://gitlab.com', 'x-gitlab-event-uuid': '7b1f7c0a-9b0e-4c7e-b2b5-59f0d29a6d3c', 'idempotency-key': '0a7d2f64-6f0d-4f38-9a3b-9e7a2c3d1f42', 'webhook-id': '0a7d2f64-6f0d-4f38-9a3b-9e7a2c3d1f42' },
      body: '{"object_kind":"issue","event_type":"issue","user":{"id":1,"name":"Administrator","username":"root"},"project":{"id":1,"name":"GitLab Test","path_with_namespace":"gitlabhq/gitlab-test","default_branch":"main"},"object_attributes":{"id":301,"iid":23,"title":"New API: create, update and delete files","state":"opened","action":"open","created_at":"2026-01-01T00:00:00Z"}}',
    },
  ],
  longBody: 800,
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = new Webhook(secret).sign(request.headers['webhook-id'], new Date(now * 1000), request.text);
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => void (request.headers['webhook-id'] = 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4Y'),
    'missing-id': (request) => void delete request.headers['webhook-id'],
    'another-version': (request) => void (request.headers['webhook-signature'] = request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
