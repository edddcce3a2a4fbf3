// packages: @kontent-ai/webhook-helper@3.0.3
import { suite, hmac } from '../lib/cases.mjs';
import { signatureHelper } from '@kontent-ai/webhook-helper';

await suite({
  provider: 'kontent-ai',
  by: '@kontent-ai/webhook-helper@3.0.3 signatureHelper.isValidSignatureFromString',
  config: { secrets: ['sD0hKvpPmTs1a2B3c4D5e6F7'] },
  bodies: [
    {
      name: 'valid',
      type: 'content_item.published',
      body: '{"notifications":[{"data":{"system":{"id":"77b3d33c-6bfe-4463-a9a1-35ee4b1dd2be","name":"Article","codename":"article","collection":"default","workflow":"default","workflow_step":"published","language":"en","type":"article","last_modified":"2026-01-01T00:00:00.0000000Z"}},"message":{"environment_id":"8d20758c-d74c-4f59-ae04-ee928c0816b7","object_type":"content_item","action":"published","delivery_slot":"published"}}]}',
    },
  ],
  sign(request, secret) {
    request.headers['x-kontent-ai-signature'] = hmac('sha256', secret, request.body, 'base64');
  },
  accepts(request, secret) {
    return signatureHelper.isValidSignatureFromString(request.text, secret, request.headers['x-kontent-ai-signature']);
  },
});
