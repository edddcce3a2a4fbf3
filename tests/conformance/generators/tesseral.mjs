// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'tesseral',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_M83JOpQfE1JOPQdIHy7VKUAiD0DzO1nI'] },
  bodies: [
    {
      name: 'valid',
      type: 'sync.user',
      id: 'msg_2TYDe1vEsQXudpfs7HWfvoITxCN',
      headers: { 'svix-id': 'msg_2TYDe1vEsQXudpfs7HWfvoITxCN' },
      body: '{"type":"sync.user","userId":"user_2wkvj0bqhdlo8mq5n3e6xk1ct"}',
    },
    {
      name: 'valid-sync-organization',
      type: 'sync.organization',
      id: 'msg_MaOx8RKG86DZJ3oOoOCjG8df38y',
      headers: { 'svix-id': 'msg_MaOx8RKG86DZJ3oOoOCjG8df38y' },
      body: '{"type":"sync.organization","organizationId":"org_7hs1qkmv0p3ydz5r8w2tj6xbe"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['svix-timestamp'] = String(now);
    request.headers['svix-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['svix-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, secret) {
    new Webhook(secret).verify(request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'svix-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'svix-id', undefined),
  },
});
