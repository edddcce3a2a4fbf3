// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
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
  ...standard('svix', Webhook),
});
