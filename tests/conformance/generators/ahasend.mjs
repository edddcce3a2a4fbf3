// packages: standardwebhooks@1.1.1
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'standardwebhooks';

await suite({
  provider: 'ahasend',
  by: 'standardwebhooks@1.1.1 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'message.delivered',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pe',
      headers: { 'webhook-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pe' },
      body: '{"type":"message.delivered","timestamp":"2026-01-01T00:00:00.000000Z","data":{"account_id":"4cdd7bcd-294e-4762-892f-83d40abf5a87","event":"on_delivered","from":"info@example.com","recipient":"jon@example.net","subject":"Sample email","message_id_header":"<1767225600@example.com>","id":"ahasend-message-id-1"}}',
    },
    {
      name: 'valid-suppression-created',
      type: 'suppression.created',
      id: 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pf',
      headers: { 'webhook-id': 'msg_38A1bC2dE3fG4hI5jK6lM7nO8pf' },
      body: '{"type":"suppression.created","timestamp":"2026-01-01T00:00:05.000000Z","data":{"account_id":"4cdd7bcd-294e-4762-892f-83d40abf5a87","recipient":"jon@example.net","created_at":"2026-01-01T00:00:05.000000Z","expires_at":"2026-01-31T00:00:05.000000Z","reason":"bounce","sending_domain":"example.com"}}',
    },
  ],
  ...standard('webhook', Webhook),
});
