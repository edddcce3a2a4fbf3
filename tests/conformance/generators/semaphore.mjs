// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const bare = '{"pipeline":{"id":"85f5d4b1","state":"done","result":"failed"}}';

await suite({
  provider: 'semaphore',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'pipeline.done',
      body: '{"version":"1.0.0","organization":{"name":"acme","id":"36a3bfa5-5a9c-4a3f-9b6d-111111111111"},"project":{"name":"site","id":"36a3bfa5-5a9c-4a3f-9b6d-222222222222"},"revision":{"commit_sha":"2d9f5fcec1ca7c68fa7bd44dd58ec4ff65814563","reference":"refs/heads/master"},"workflow":{"id":"8ae5c4b6-1fd1-4d5a-8a6f-333333333333"},"pipeline":{"id":"85f5d4b1-4a3b-4a7f-9c4c-444444444444","name":"CI","state":"done","result":"passed","done_at":"2026-01-01T00:10:00Z"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-semaphore-signature-256'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(`sha256=${request.headers['x-semaphore-signature-256'].replace('sha256=', '')}`, `sha256=${hmac('sha256', secret, request.text)}`);
  },
  extra: [
    { case: 'valid-without-prefix', expect: 'accept', type: 'pipeline.done', headers: { 'content-type': 'application/json', 'x-semaphore-signature-256': hmac('sha256', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6', bare) }, body: bare },
  ],
});
