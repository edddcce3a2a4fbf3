// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'firecrawl',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'crawl.page',
      body: '{"success":true,"type":"crawl.page","id":"550e8400-e29b-41d4-a716-446655440000","webhookId":"9a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d","data":[{"markdown":"# Hello","metadata":{"title":"Hello","sourceURL":"https://example.com/","statusCode":200}}],"metadata":{"user":"42"}}',
    },
    {
      name: 'valid-crawl-completed',
      type: 'crawl.completed',
      body: '{"success":true,"type":"crawl.completed","id":"550e8400-e29b-41d4-a716-446655440000","webhookId":"9a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4e","data":[],"metadata":{}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-firecrawl-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-firecrawl-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
