// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'openlayer',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_mk01bfiufAId0cmVNcxB8CQ3jWOy6LDT'] },
  bodies: [
    {
      name: 'valid',
      type: 'test.created',
      id: 'msg_5i2AJ0ETdGQUeqhpDrZWA6IIb3d',
      headers: { 'webhook-id': 'msg_5i2AJ0ETdGQUeqhpDrZWA6IIb3d', 'user-agent': 'Openlayer-Webhooks/1.0' },
      body: '{"type":"test.created","timestamp":"2026-01-01T00:00:00Z","data":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","projectId":"4fa85f64-5717-4562-b3fc-2c963f66afa7","name":"No duplicate rows","type":"integrity","creatorId":"589ece63-49a2-41b4-98e1-10547761d4b0","createdAt":"2026-01-01T00:00:00Z"}}',
    },
    {
      name: 'valid-test-deleted',
      type: 'test.deleted',
      id: 'msg_optFUAKBK0TmGOouvnqCSVYfs4u',
      headers: { 'webhook-id': 'msg_optFUAKBK0TmGOouvnqCSVYfs4u', 'user-agent': 'Openlayer-Webhooks/1.0' },
      body: '{"type":"test.deleted","timestamp":"2026-01-01T00:00:05Z","data":{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6","projectId":"4fa85f64-5717-4562-b3fc-2c963f66afa7","name":"No duplicate rows"}}',
    },
  ],
  ...standard('webhook', Webhook),
});
