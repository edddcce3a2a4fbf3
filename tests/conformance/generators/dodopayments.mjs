// packages: dodopayments@2.52.0
import { hmac, put, suite } from '../lib/cases.mjs';
import DodoPayments from 'dodopayments';

const client = new DodoPayments({ bearerToken: 'none' });

await suite({
  provider: 'dodopayments',
  by: 'dodopayments@2.52.0 webhooks.unwrap',
  config: { secrets: ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'] },
  bodies: [
    {
      name: 'valid',
      type: 'payment.succeeded',
      id: 'msg_2f6cQ8nPqT4sXyZbVwLmKjHgFdS',
      headers: { 'webhook-id': 'msg_2f6cQ8nPqT4sXyZbVwLmKjHgFdS' },
      body: '{"business_id":"bus_P3SXLuMPMfqSW8i7","data":{"business_id":"bus_P3SXLuMPMfqSW8i7","created_at":"2026-01-01T00:00:00Z","currency":"EUR","customer":{"customer_id":"cus_8VbC6JDZzPEqfBPUdpj0K","email":"test@example.com","name":"Test"},"metadata":{},"payload_type":"Payment","payment_id":"pay_2IjeQm4hqU6RA4Z4kwDee","status":"succeeded","total_amount":400},"timestamp":"2026-01-01T00:00:01.302742Z","type":"payment.succeeded"}',
    },
    {
      name: 'valid-subscription-active',
      type: 'subscription.active',
      id: 'msg_2f6cQ8nPqT4sXyZbVwLmKjHgFdT',
      headers: { 'webhook-id': 'msg_2f6cQ8nPqT4sXyZbVwLmKjHgFdT' },
      body: '{"business_id":"bus_P3SXLuMPMfqSW8i7","data":{"created_at":"2026-01-01T00:00:00Z","currency":"USD","customer":{"customer_id":"cus_8VbC6JDZzPEqfBPUdpj0K","email":"test@example.com","name":"Test"},"next_billing_date":"2026-02-01T00:00:00Z","payload_type":"Subscription","payment_frequency_count":1,"payment_frequency_interval":"Month","product_id":"pdt_FqPVIYGKWKeqJQyyvCTjJ","quantity":1,"recurring_pre_tax_amount":400,"status":"active","subscription_id":"sub_8EeHq2ewQuadRMf8yZ1ou"},"timestamp":"2026-01-01T00:00:05Z","type":"subscription.active"}',
    },
  ],
  sign(request, secret, now) {
    request.headers['webhook-timestamp'] = String(now);
    request.headers['webhook-signature'] = `v1,${hmac('sha256', Buffer.from(secret.slice(6), 'base64'), `${request.headers['webhook-id']}.${now}.${request.text}`, 'base64')}`;
  },
  accepts(request, key) {
    client.webhooks.unwrap(request.text, { headers: request.headers, key });
    return true;
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'another-id': (request) => put(request, 'webhook-id', 'msg_2KWPBgLlAfxdpx2AI54pPJ85f4W'),
    'missing-id': (request) => put(request, 'webhook-id', undefined),
    'another-version': (request) => put(request, 'webhook-signature', request.headers['webhook-signature'].replace('v1,', 'v2,')),
  },
});
