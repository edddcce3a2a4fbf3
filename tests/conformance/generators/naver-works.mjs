// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'naver-works',
  by: 'none: documented scheme',
  config: { secrets: ['QW5PdGhlclNlY3JldDEyMzQ1'] },
  bodies: [
    {
      name: 'valid',
      type: 'message',
      headers: { 'x-works-botid': '1000001' },
      body: '{"type":"message","source":{"userId":"42d3ab4c-1b2c-4d5e-8f90-a1b2c3d4e5f6","domainId":20000001},"issuedTime":"2026-01-01T00:00:00.000Z","content":{"type":"text","text":"hello"}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-works-signature'] = hmac('sha256', secret, request.text, 'base64');
  },
  accepts(request, secret) {
    return same(request.headers['x-works-signature'], hmac('sha256', secret, request.text, 'base64'));
  },
});
