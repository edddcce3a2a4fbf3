// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'snyk',
  by: 'none: documented scheme, HMAC-SHA256 of the body in hex behind sha256=',
  config: { secrets: ['hf-snyk-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'project_snapshot/v0', id: '998fe884-18a0-45db-8ae0-e379eea3bc0a', headers: { 'x-snyk-event': 'project_snapshot/v0', 'x-snyk-transport-id': '998fe884-18a0-45db-8ae0-e379eea3bc0a', 'x-snyk-timestamp': '2026-01-01T00:00:00Z' }, body: '{"project":{"id":"af137b96-6966-46c1-826b-2e79ac49bbd9","name":"snyk/goof:package.json","created":"2025-12-01T00:00:00.000Z","origin":"github","type":"npm","totalDependencies":42,"issueCountsBySeverity":{"low":8,"high":1,"medium":13,"critical":0},"branch":"main","isMonitored":true},"org":{"id":"a04d9cbd-ae6e-44af-b573-0556b0ad4bd2","name":"My Org","slug":"my-org"},"group":{"id":"4a18d42f","name":"ABC"},"newIssues":[],"removedIssues":[]}' },
    { name: 'valid-ping', type: 'ping/v0', id: '998fe884-18a0-45db-8ae0-e379eea3bc0b', headers: { 'x-snyk-event': 'ping/v0', 'x-snyk-transport-id': '998fe884-18a0-45db-8ae0-e379eea3bc0b' }, body: '{"webhookId":"d3cf26b3-2d77-497b-bce2-23b33cc15362"}' },
  ],
  sign(request, secret) {
    request.headers['x-hub-signature'] = `sha256=${hmac('sha256', secret, request.body)}`;
  },
  accepts: (request, secret) => same(request.headers['x-hub-signature'] ?? '', `sha256=${hmac('sha256', secret, request.body)}`),
  forge: {
    'sha1-instead': (request) => void (request.headers['x-hub-signature'] = `sha1=${hmac('sha1', 'hf-snyk-4f8a1c6d2b9e4035', request.body)}`),
  },
});
