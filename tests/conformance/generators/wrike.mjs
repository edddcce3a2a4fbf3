// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const secret = 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6';
const verification = JSON.stringify({ requestType: 'WebHook secret verification' });
const asked = (challenge, signature = hmac('sha256', secret, verification)) => ({ 'content-type': 'application/json', 'x-hook-secret': challenge, 'x-hook-signature': signature });

await suite({
  provider: 'wrike',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'TaskTitleChanged',
      body: '[{"oldValue":"Old","newValue":"New","taskId":"IEACW7SVKQOKD5EG","webhookId":"IEACW7SVJAAAAANB","eventAuthorId":"KUAFY3BJ","eventType":"TaskTitleChanged","lastUpdatedDate":"2026-01-01T00:00:00Z"}]',
    },
    {
      name: 'valid-batch-of-two',
      type: 'TaskStatusChanged',
      body: '[{"oldStatus":"Active","status":"Completed","taskId":"IEACW7SVKQOKD5EG","webhookId":"IEACW7SVJAAAAANB","eventAuthorId":"KUAFY3BJ","eventType":"TaskStatusChanged","lastUpdatedDate":"2026-01-01T00:00:01Z"},{"taskId":"IEACW7SVKQOKD5EH","webhookId":"IEACW7SVJAAAAANB","eventType":"TaskCreated","lastUpdatedDate":"2026-01-01T00:00:02Z"}]',
    },
  ],
  sign(request, secret) {
    request.headers['x-hook-signature'] = hmac('sha256', secret, request.text);
  },
  accepts(request, secret) {
    return same(request.headers['x-hook-signature'], hmac('sha256', secret, request.text));
  },
  extra: [
    { case: 'verification', expect: 'handshake', headers: asked('9f86d081884c7d659a2feaa0c55ad015'), body: verification, expect_status: 200 },
    { case: 'verification-unsigned', expect: 'reject', headers: asked('9f86d081884c7d659a2feaa0c55ad015', '00'), body: verification },
  ],
});
