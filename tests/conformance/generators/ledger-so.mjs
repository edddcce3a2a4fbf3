// packages: svix@2.5.0
import { suite, hmac, put } from '../lib/cases.mjs';
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
