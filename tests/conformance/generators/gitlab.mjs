// packages:
import { suite, same } from '../lib/cases.mjs';

const secret = 'gl_token_abcDEF123';
const uuid = '13792a34-cac6-4fda-95a8-c58e00a3954e';
const key = 'f5e57d4b-0c3a-4d7b-8f5e-3a4c6a6b9b11';
const of = (event, more) => ({ 'x-gitlab-event': event, 'x-gitlab-event-uuid': uuid, 'x-gitlab-instance': 'https://gitlab.com', ...more });
const show = (token) => (request) => void (request.headers['x-gitlab-token'] = token);

await suite({
  provider: 'gitlab',
  by: 'none: documented scheme, X-Gitlab-Token equals the configured secret',
  config: { secrets: [secret] },
  bodies: [
    {
      name: 'valid', type: 'Push Hook', id: uuid, headers: of('Push Hook'),
      body: '{"object_kind":"push","event_name":"push","before":"95790bf891e76fee5e1747ab589903a6a1f80f22","after":"da1560886d4f094c3e6c9ef40349f7d38b5d27d7","ref":"refs/heads/master","project_id":15}',
    },
    {
      name: 'valid-idempotency-key', type: 'Merge Request Hook', id: key, headers: of('Merge Request Hook', { 'idempotency-key': key }),
      body: '{"object_kind":"merge_request","event_type":"merge_request","project":{"id":15,"path_with_namespace":"mike/diaspora"},"object_attributes":{"id":99,"iid":1,"state":"opened","action":"open"}}',
    },
    {
      name: 'valid-webhook-id', type: 'Subgroup Hook', id: key, headers: of('Subgroup Hook', { 'webhook-id': key }),
      body: '{"event_name":"subgroup_create","name":"subgroup1","path":"subgroup1","full_path":"group1/subgroup1","group_id":10,"parent_group_id":7}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['x-gitlab-token'] = secret),
  accepts: (request, secret) => same(request.headers['x-gitlab-token'], secret),
  covers: [],
  forge: {
    'token-prefix': show(secret.slice(0, -1)),
    'token-prefix-plus-suffix': show(`${secret}x`),
    'token-case-changed': show('gl_token_abCDEF123'),
    'short-token': show('nope'),
    'token-in-query': (request) => void (delete request.headers['x-gitlab-token'], (request.url += `?x-gitlab-token=${secret}`)),
  },
});
