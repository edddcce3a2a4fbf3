// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'sonatype-nexus',
  by: 'none: documented scheme, HMAC-SHA1 of the body in hex',
  config: { secrets: ['hf-nexus-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'rm:repository:component.created', id: '7f4a6dde-5c68-4939-bcc0-74fb3028fb48', headers: { 'x-nexus-webhook-id': 'rm:repository:component', 'x-nexus-webhook-delivery': '7f4a6dde-5c68-4939-bcc0-74fb3028fb48' }, body: '{"timestamp":"2026-01-01T00:00:00.250+0000","nodeId":"52905B51-085CCABB-CEBBEAAD-16795588-FC927D93","initiator":"admin/127.0.0.1","repositoryName":"npm-proxy","action":"CREATED","component":{"id":"08909bf0c86cf6c9600aade89e1c5e25","componentId":"bnBtLXByb3h5OjA4OTA5YmYw","format":"npm","name":"angular2","group":"types","version":"0.0.2"}}' },
    { name: 'valid-audit', type: 'rm:audit', id: '7f4a6dde-5c68-4939-bcc0-74fb3028fb49', headers: { 'x-nexus-webhook-id': 'rm:audit', 'x-nexus-webhook-delivery': '7f4a6dde-5c68-4939-bcc0-74fb3028fb49' }, body: '{"nodeId":"7FFA7361-6ED33978-36997BD4-47095CC4-331356BE","initiator":"admin/127.0.0.1","audit":{"domain":"repositories","type":"updated","context":"nuget-hosted","attributes":{"name":"nuget-hosted"}}}' },
  ],
  sign(request, secret) {
    request.headers['x-nexus-webhook-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-nexus-webhook-signature'] ?? '', hmac('sha1', secret, request.body)),
});
