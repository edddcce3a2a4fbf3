// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'segment',
  by: 'none: documented scheme, HMAC-SHA1 of the body in hex',
  config: { secrets: ['hf-shared-4f8a1c6d2b9e4035'] },
  bodies: [
    { name: 'valid', type: 'track', id: 'ajs-next-1767225600000-5b1c9c1e', body: '{"anonymousId":"23adfd82-aa0f-45a7-a756-24f2a7a4c895","context":{"library":{"name":"analytics.js","version":"2.11.1"},"ip":"108.0.78.21","page":{"path":"/academy/","title":"Analytics Academy","url":"https://example.com/academy/"}},"event":"Course Clicked","integrations":{},"messageId":"ajs-next-1767225600000-5b1c9c1e","originalTimestamp":"2026-01-01T00:00:00.000Z","properties":{"title":"Intro to Analytics"},"timestamp":"2026-01-01T00:00:00.000Z","type":"track","userId":"97980cfea0067"}' },
    { name: 'valid-identify', type: 'identify', id: 'ajs-next-1767225605000-5b1c9c1f', body: '{"type":"identify","messageId":"ajs-next-1767225605000-5b1c9c1f","timestamp":"2026-01-01T00:00:05.000Z","userId":"97980cfea0067","traits":{"email":"ada@example.com","plan":"premium"}}' },
  ],
  sign(request, secret) {
    request.headers['x-signature'] = hmac('sha1', secret, request.body);
  },
  accepts: (request, secret) => same(request.headers['x-signature'] ?? '', hmac('sha1', secret, request.body)),
  longBody: 1500,
  forge: {
    // As Segment does when batching is on.
    'batch-signed-by-its-first-event': (request) => void (request.body = Buffer.from(`[${request.text},{"type":"track","messageId":"m-2"}]`)),
  },
});
