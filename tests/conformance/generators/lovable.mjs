// packages: @lovable.dev/webhooks-js@0.0.2
import { suite, hmac, Request } from '../lib/cases.mjs';
import { verifyWebhookRequest } from '@lovable.dev/webhooks-js';

await suite({
  provider: 'lovable',
  by: '@lovable.dev/webhooks-js@0.0.2 verifyWebhookRequest',
  config: { secrets: ['4f7d9d7e5b1c9c1e7d1a4f7d9d7e0c5f'] },
  bodies: [
    {
      name: 'valid',
      type: 'email',
      id: 'run_01jjnn7s0zfx5tdcsxjfy93et2',
      body: '{"version":"1","type":"email","run_id":"run_01jjnn7s0zfx5tdcsxjfy93et2","data":{"api_base_url":"https://api.lovable.dev","callback_url":"https://api.lovable.dev/callback","email":"jon@example.com","action_type":"signup","url":"https://example.com/confirm","token":"123456"}}',
    },
  ],
  async sign(request, secret, now) {
    request.headers['x-lovable-timestamp'] = String(now);
    request.headers['x-lovable-signature'] = `sha256=${hmac('sha256', secret, `${now}.${request.text}`)}`;
  },
  async accepts(request, secret) {
    const { method, headers, body } = request;
    const req = new globalThis.Request(request.url, { method, headers, body });
    await verifyWebhookRequest({ req, secret });
    return true;
  },
  timestamped: { tolerance_s: 300 },
});
