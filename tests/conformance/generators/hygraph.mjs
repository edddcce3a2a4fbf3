// packages: @hygraph/utils@1.2.1
import { suite } from '../lib/cases.mjs';
import hygraph from '@hygraph/utils';

const header = 'gcms-signature';

await suite({
  provider: 'hygraph',
  by: '@hygraph/utils@1.2.1 verifyWebhookSignature',
  config: { secrets: ['rCNwyiloY3oJYYkxgpBXaleIiUv5MYlx'] },
  bodies: [
    {
      name: 'valid',
      type: 'publish',
      body: '{"operation":"publish","data":{"__typename":"Product","categories":[{"__typename":"Category","id":"ckdu44mn40gxh010405uwgbtw"}],"createdAt":"2025-12-31T23:00:00.000000+00:00","createdBy":{"__typename":"User","id":"User"},"description":null,"id":"cknjbzowgjo1w0a95o2y4r3z1","localizations":[{"__typename":"Product","locale":"en"}],"name":"Tee","price":1000,"publishedAt":"2026-01-01T00:00:00.000000+00:00","slug":"tee","stage":"PUBLISHED","updatedAt":"2026-01-01T00:00:00.000000+00:00"}}',
    },
    {
      name: 'valid-delete',
      type: 'delete',
      body: '{"operation":"delete","data":{"__typename":"Product","id":"cknjbzowgjo1w0a95o2y4r3z1","stage":"DRAFT"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers[header] = hygraph.generateWebhookSignature({ rawPayload: request.text, environmentName: 'master', secret })),
  accepts: (request, secret) => hygraph.verifyWebhookSignature({ rawPayload: request.text, signature: request.headers[header], secret }),
  timestamped: { tolerance_s: 300 },
  // The package looks at no clock.
  lenient: ['stale-timestamp', 'future-timestamp'],
  forge: {
    'another-environment': (request) => void (request.headers[header] = request.headers[header].replace('env=master', 'env=staging')),
    'another-time': (request) => void (request.headers[header] = request.headers[header].replace('t=1767225600', 't=1767225601')),
    'no-time': (request) => void (request.headers[header] = request.headers[header].replace(/, t=.*$/, '')),
  },
});
