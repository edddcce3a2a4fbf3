// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'straddle',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_80Wntcc/qfQeFwBSdo+G5FH7KpUFPkOp'] },
  bodies: [
    {
      name: 'valid',
      type: 'charge.event.v1',
      id: '01941f29-7c00-7000-8000-000000000001',
      headers: { 'webhook-id': 'msg_30grNZUSzoQgmTUW9XsjXcF1plX' },
      body: '{"event_type":"charge.event.v1","event_id":"01941f29-7c00-7000-8000-000000000001","account_id":"01941f00-0000-7000-8000-00000000aaaa","data":{"id":"01941f20-1111-7000-8000-00000000bbbb","amount":10000,"currency":"USD","description":"Monthly subscription fee","external_id":"sub-1042","status":"paid","status_details":{"changed_at":"2026-01-01T00:00:00.0000000Z","message":"Payment was credited.","reason":"ok","source":"system"}}}',
    },
    {
      name: 'valid-customer-created-v1',
      type: 'customer.created.v1',
      id: '01941f29-7c00-7000-8000-000000000002',
      headers: { 'webhook-id': 'msg_QV59REvoLvI02DCLjnLNPGwJpeC' },
      body: '{"event_type":"customer.created.v1","event_id":"01941f29-7c00-7000-8000-000000000002","data":{"id":"01941f20-1111-7000-8000-00000000cccc","name":"Ada Example","type":"individual","email":"ada@example.com","status":"verified"}}',
    },
  ],
  ...standard('webhook', Webhook),
});
