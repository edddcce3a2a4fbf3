// packages: razorpay@2.9.8
import { suite, hmac } from '../lib/cases.mjs';
import Razorpay from 'razorpay';

const payment = { entity: { id: 'pay_DESlfW9H8K9uqM', entity: 'payment', amount: 100, currency: 'INR', status: 'captured', order_id: 'order_DESlLckIVRkHWj', method: 'netbanking', captured: true, email: 'gaurav.kumar@example.com' } };
const event = (name, type, id, payload) => ({
  name, type, id, headers: { 'user-agent': 'Razorpay-Webhook/v1', 'x-razorpay-event-id': id },
  body: JSON.stringify({ entity: 'event', account_id: 'acc_BFQ7uQEaa7j2z7', event: type, contains: Object.keys(payload), payload, created_at: 1767225600 }),
});

await suite({
  provider: 'razorpay',
  by: 'razorpay@2.9.8 validateWebhookSignature',
  config: { secrets: ['Kj7mQ2xVb9Ln4Rt6Wp1Z'] },
  bodies: [
    event('valid', 'payment.captured', 'Q5gYcKVzhOpTpS', { payment }),
    event('valid-refund', 'refund.processed', 'Q5gYcKVzhOpTpT', { refund: { entity: { id: 'rfnd_EYEFvDuBRfFQbk', amount: 100, payment_id: 'pay_DESlfW9H8K9uqM' } }, payment }),
  ],
  sign(request, secret) {
    request.headers['x-razorpay-signature'] = hmac('sha256', secret, request.body);
  },
  accepts: (request, secret) => Razorpay.validateWebhookSignature(request.text, request.headers['x-razorpay-signature'], secret),
});
