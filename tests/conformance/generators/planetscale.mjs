// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'planetscale',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'branch.ready',
      body: '{"timestamp":1767225600,"event":"branch.ready","organization":"acme","database":"shop","resource":{"id":"psb_k2h4g6f8d0s1","type":"Branch","name":"dev","created_at":"2026-01-01T00:00:00.000Z","production":false,"region":{"slug":"eu-west"}}}',
    },
    {
      name: 'valid-deploy-request-opened',
      type: 'deploy_request.opened',
      body: '{"timestamp":1767225605,"event":"deploy_request.opened","organization":"acme","database":"shop","resource":{"id":"psdr_1","type":"DeployRequest","number":7,"branch":"dev","into_branch":"main","state":"open"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-planetscale-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-planetscale-signature'], hmac('sha256', secret, request.text));
  },
});
