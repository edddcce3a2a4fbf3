// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'openproject',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'work_package:updated',
      body: '{"action":"work_package:updated","work_package":{"_type":"WorkPackage","id":42,"lockVersion":3,"subject":"Fix login","createdAt":"2025-12-31T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z","_links":{"self":{"href":"/api/v3/work_packages/42"}}}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-op-signature'] = `sha1=${hmac('sha1', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-op-signature'], `sha1=${hmac('sha1', secret, request.text)}`);
  },
});
