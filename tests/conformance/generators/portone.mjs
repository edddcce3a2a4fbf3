// packages: @portone/server-sdk@0.19.0
import { suite, hmac, put } from '../lib/cases.mjs';
import { Webhook } from '@portone/server-sdk';

await suite({
  provider: 'portone',
  by: '@portone/server-sdk@0.19.0 Webhook.verify',
  config: { secrets: ['whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD'] },
  bodies: [
    {
      name: 'valid',
      type: 'Transaction.Paid',
      id: 'whmsg_01JA0Z3Y4X5W6V7T8S9R',
      headers: { 'user-agent': 'PortOne-Webhook', 'webhook-id': 'whmsg_01JA0Z3Y4X5W6V7T8S9R' },
      body: '{"type":"Transaction.Paid","timestamp":"2026-01-01T00:00:00.000Z","data":{"storeId":"store-ae356798-3d20-4969-b739-14c6b0e1a667","paymentId":"example-payment-id","transactionId":"55451513-9763-4a7a-bb43-78a4c65be843"}}',
    },
    {
      name: 'valid-billingkey-issued',
      type: 'BillingKey.Issued',
      id: 'whmsg_01JA0Z3Y4X5W6V7T8S9S',
      headers: { 'webhook-id': 'whmsg_01JA0Z3Y4X5W6V7T8S9S' },
      body: '{"type":"BillingKey.Issued","timestamp":"2026-01-01T00:00:05.000Z","data":{"storeId":"store-ae356798-3d20-4969-b739-14c6b0e1a667","billingKey":"billing-key-1"}}',
    },
  ],
  async sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  async accepts(request, secret) {
    await Webhook.verify(secret, request.text, request.headers);
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
  },
});
