// packages: creem@1.13.0
import { hmac, suite } from '../lib/cases.mjs';
import { verifyWebhookSignature } from 'creem/webhooks';

await suite({
  provider: 'creem',
  by: 'creem@1.13.0 verifyWebhookSignature',
  config: { secrets: ['whsec_2Yk8mQz7Wc1Vb9Ns3Lp6Jt'] },
  bodies: [
    {
      name: 'valid',
      type: 'checkout.completed',
      id: 'evt_5WHHcZPv7VS0YUsberIuOz',
      body: '{"id":"evt_5WHHcZPv7VS0YUsberIuOz","eventType":"checkout.completed","created_at":1767225600927,"object":{"id":"ch_4l0N34kxo16AhRKUHFUuXr","object":"checkout","request_id":"my-request-id","order":{"id":"ord_4aDwWXjMLpes4Kj4XqNnUA","customer":"cust_1OcIK1GEuVvXZwD19tjq2z","product":"prod_d1AY2Sadk9YAvLI0pj97f","amount":1000,"currency":"EUR","status":"paid","type":"recurring"},"status":"completed","metadata":{"custom_data":"mydata"},"mode":"test"}}',
    },
    {
      name: 'valid-subscription-paid',
      type: 'subscription.paid',
      id: 'evt_21mO1jWmU2QHe7u2oFV7y1',
      body: '{"id":"evt_21mO1jWmU2QHe7u2oFV7y1","eventType":"subscription.paid","created_at":1767225605157,"object":{"id":"sub_6pC2lNB6joCRQIZ1aMrTpi","object":"subscription","product":{"id":"prod_d1AY2Sadk9YAvLI0pj97f","name":"Monthly","price":1000,"currency":"EUR","billing_type":"recurring"},"customer":{"id":"cust_1OcIK1GEuVvXZwD19tjq2z","email":"customer@example.com"},"status":"active","current_period_end_date":"2026-02-01T00:00:00.000Z","mode":"test"}}',
    },
  ],
  sign(request, secret) {
    request.headers['creem-signature'] = hmac('sha256', secret, request.body);
  },
  async accepts(request, secret) {
    await verifyWebhookSignature(request.body, request.headers, secret);
    return true;
  },
});
