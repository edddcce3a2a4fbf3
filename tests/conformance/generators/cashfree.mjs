// packages: cashfree-pg@6.0.6
import { suite, hmac } from '../lib/cases.mjs';
import crypto from 'node:crypto';
import { CFEnvironment, Cashfree } from 'cashfree-pg';

const clients = {};
const client = (secret) => (clients[secret] ??= new Cashfree(CFEnvironment.SANDBOX, 'app', secret, '', '', '', false));
const event = (type, status) => JSON.stringify({
  data: {
    order: { order_id: 'order_OFR_2', order_amount: 2.5, order_currency: 'INR', order_tags: null },
    payment: { cf_payment_id: '1453002795', payment_status: status, payment_amount: 1.25, payment_currency: 'INR', payment_time: '2026-01-01T05:30:00+05:30' },
    customer_details: { customer_id: '7112AAA812234', customer_phone: '9908734801' },
  },
  event_time: '2026-01-01T05:30:01+05:30',
  type,
});
const id = (body) => crypto.createHash('sha256').update(body).digest('hex');
const body = (name, type, status) => ({ name, type, body: event(type, status) });

await suite({
  provider: 'cashfree',
  by: 'cashfree-pg@6.0.6 Cashfree.PGVerifyWebhookSignature',
  config: { secrets: ['cfsk_ma_test_0b6f1c3a9d2e4f5a8b7c6d5e4f3a2b1c'] },
  headers: { 'content-type': 'application/json', 'x-webhook-version': '2025-01-01' },
  bodies: [body('valid', 'PAYMENT_SUCCESS_WEBHOOK', 'SUCCESS'), body('valid-failed', 'PAYMENT_FAILED_WEBHOOK', 'FAILED')],
  sign(request, secret, now) {
    request.headers['x-webhook-timestamp'] = String(now * 1000);
    request.headers['x-webhook-signature'] = hmac('sha256', secret, `${now * 1000}${request.text}`, 'base64');
  },
  accepts(request, secret) {
    const { 'x-webhook-signature': signature, 'x-webhook-timestamp': timestamp } = request.headers;
    return Boolean(client(secret).PGVerifyWebhookSignature(signature, request.text, timestamp));
  },
  timestamped: { tolerance_s: 300, past_s: 7200 },
  lenient: ['stale-timestamp', 'future-timestamp'], // it never looks at the time
  extra: [{ case: 'valid-id-is-the-body', expect: 'accept', sign: true, type: 'REFUND_STATUS_WEBHOOK', body: event('REFUND_STATUS_WEBHOOK', 'SUCCESS'), id: id(event('REFUND_STATUS_WEBHOOK', 'SUCCESS')) }],
});
