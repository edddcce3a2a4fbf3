// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'pinata',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_AbLjGjxIsroj1JI1pSzEfkA/2l4XkU27'] },
  bodies: [
    {
      name: 'valid',
      type: 'ipfs.private.file_added',
      id: 'msg_BAzJeBlehhdeyJ15cAHFV9O1bW9',
      headers: { 'webhook-id': 'msg_BAzJeBlehhdeyJ15cAHFV9O1bW9' },
      body: '{"data":{"object":{"cid":"bafybeifhh5a2o4ilxviboof4c75kkv62hkljpdq3fo3uowkhdrgjr67kbm","created_at":"2025-12-31T23:59:59.536Z","id":"11111111-1111-1111-1111-111111111112","keyvalues":{"examplekey":"example value"},"mime_type":"image/png","name":"001.png","number_of_files":1,"size":42}},"event_type":"ipfs.private.file_added","timestamp":"2026-01-01T00:00:00.025041Z","workspace_id":"11111111-1111-1111-1111-111111111113"}',
    },
    {
      name: 'valid-ipfs-private-file-deleted',
      type: 'ipfs.private.file_deleted',
      id: 'msg_50rFaLC9CzRmD3eRbYgzpVYEOP4',
      headers: { 'webhook-id': 'msg_50rFaLC9CzRmD3eRbYgzpVYEOP4' },
      body: '{"data":{"object":{"cid":"bafybeifhh5a2o4ilxviboof4c75kkv62hkljpdq3fo3uowkhdrgjr67kbm","id":"11111111-1111-1111-1111-111111111112","name":"001.png","size":42}},"event_type":"ipfs.private.file_deleted","timestamp":"2026-01-01T00:00:05.025041Z","workspace_id":"11111111-1111-1111-1111-111111111113"}',
    },
  ],
  ...standard('webhook', Webhook),
});
