// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

await suite({
  provider: 'missive',
  by: 'none: documented scheme',
  config: { secrets: ['A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6'] },
  bodies: [
    {
      name: 'valid',
      type: 'new_comment',
      body: '{"rule":{"id":"8d6a2d3e-5d3c-4c7a-8b1f-0c9a7e10b5f1","description":"New comment","type":"new_comment"},"conversation":{"id":"c7d1a7f2-9b8e-4a5c-8f3d-2e1f0a9b8c7d","subject":"Order 42","latest_message_subject":"Order 42","web_url":"https://mail.missiveapp.com/#inbox/conversations/c7d1a7f2"},"comment":{"id":"2f6d0b39-93ad-4a8a-8e38-6a8a1f6f7b42","body":"On it","created_at":1767225600}}',
    },
  ],
  sign(request, secret) {
    request.headers['x-hook-signature'] = `sha256=${hmac('sha256', secret, request.text)}`;
  },
  accepts(request, secret) {
    return same(request.headers['x-hook-signature'], `sha256=${hmac('sha256', secret, request.text)}`);
  },
});
