// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'phabricator',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'TASK',
      body: '{"object":{"type":"TASK","phid":"PHID-TASK-abcd"},"triggers":[{"phid":"PHID-HRUL-abcd"}],"action":{"test":false,"silent":false,"secure":false,"epoch":1767225600},"transactions":[{"phid":"PHID-XACT-TASK-abcd"}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-phabricator-webhook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-phabricator-webhook-signature'], hmac('sha256', secret, request.text));
  },
});
