// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sourcegraph',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex',
  config: { secrets: ['hf-sourcegraph-4f8a1c6d2b9e'] },
  bodies: [
    { name: 'valid', type: 'batch_change:apply', headers: { 'x-sourcegraph-webhook-event-type': 'batch_change:apply' }, body: '{"id":"QmF0Y2hDaGFuZ2U6MQ==","namespace_id":"VXNlcjox","name":"hello-world","description":"Add Hello World to READMEs","state":"OPEN","creator_user_id":"VXNlcjox","last_applier_user_id":"VXNlcjox","url":"https://sourcegraph.example.com/users/ada/batch-changes/hello-world","created_at":"2025-12-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","last_applied_at":"2026-01-01T00:00:00Z","closed_at":null}' },
    { name: 'valid-changeset', type: 'changeset:close', headers: { 'x-sourcegraph-webhook-event-type': 'changeset:close' }, body: '{"id":"Q2hhbmdlc2V0OjI=","external_id":"7","batch_change_ids":["QmF0Y2hDaGFuZ2U6MQ=="],"repository_id":"UmVwb3NpdG9yeTox","state":"CLOSED","title":"Hello","updated_at":"2026-01-01T00:00:05Z"}' },
  ],
  sign(request, secret) {
    request.headers['x-sourcegraph-webhook-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-sourcegraph-webhook-signature'] ?? '', hmac('sha256', secret, request.body)),
});
