// packages: svix@2.5.0
import { suite } from '../lib/cases.mjs';
import { standard } from '../lib/standard.mjs';
import { Webhook } from 'svix';

await suite({
  provider: 'ledger-so',
  by: 'svix@2.5.0 Webhook.verify',
  config: { secrets: ['whsec_lu0KkkzNpnuYOE8K3YNdKjm07DfOjaej'] },
  bodies: [
    {
      name: 'valid',
      type: 'transaction.completed',
      id: 'evt_abc123',
      headers: { 'svix-id': 'msg_GfvykT3VqlaaksYE6ZnNXvN8zCD' },
      body: '{"id":"evt_abc123","type":"transaction.completed","organizationId":"org_xyz","createdAt":1767225600000,"data":{"transactionId":"txn_123","cardId":"card_456","amount":2500,"merchantName":"DoorDash"}}',
    },
    {
      name: 'valid-card-frozen',
      type: 'card.frozen',
      id: 'evt_abc124',
      headers: { 'svix-id': 'msg_mZCg0I4JVqPaw9DXmNeFethfTWU' },
      body: '{"id":"evt_abc124","type":"card.frozen","organizationId":"org_xyz","createdAt":1767225605000,"data":{"cardId":"card_456"}}',
    },
  ],
  ...standard('svix', Webhook),
});
