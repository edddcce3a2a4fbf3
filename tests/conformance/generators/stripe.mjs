// packages: stripe@23.1.0
import { suite, hmac } from '../lib/cases.mjs';
import Stripe from 'stripe';

const secret = 'whsec_test_stripe_secret_1';
const url = 'https://hooks.example.com/in/stripe';
const header = 'stripe-signature';
const client = new Stripe('sk_test_1');
const now = 1767225600;
const event = (id, type, object) =>
  JSON.stringify({ id, object: 'event', api_version: '2025-03-31.basil', created: now, data: { object }, livemode: false, pending_webhooks: 1, request: { id: 'req_1', idempotency_key: 'k-1' }, type });
const id = 'evt_1NG8Du2eZvKYlo2CUI79vXWy';
const intent = { id: 'pi_3NG8Du2eZvKYlo2C1FMvSCUq', object: 'payment_intent', amount: 2000, currency: 'usd', status: 'succeeded' };
const payment = event(id, 'payment_intent.succeeded', intent);
const huge = event(id, 'payment_intent.succeeded', { ...intent, description: 'Zoë – 東京 🎉 '.repeat(8000) });
const thin = '{"id":"evt_test_65R9Ijk8dKEYZcXeRWn16R9A7j","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered","livemode":false,"created":"2026-01-01T00:00:00.000Z","related_object":{"id":"mtr_test_61R9IeP0SgKbYROOx","type":"billing.meter","url":"/v1/billing/meters/mtr_test_61R9IeP0SgKbYROOx"}}';

const test = (payload, secret, timestamp) => Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
const right = hmac('sha256', secret, `${now}.${payment}`);
const zeros = '0'.repeat(64);
const show = (signature) => (request) => void (request.headers[header] = signature);
const shown = { 'Content-Type': 'application/json; charset=utf-8', 'STRIPE-Signature': `t=${now},v1=${right}` };
const valid = { expect: 'accept', type: 'payment_intent.succeeded', id, body: payment };

await suite({
  provider: 'stripe',
  by: 'stripe@23.1.0 webhooks.constructEvent',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'payment_intent.succeeded', id, body: payment },
    { name: 'valid-checkout', type: 'checkout.session.completed', id: 'evt_1NG8Du2eZvKYlo2CUI79vXWz', body: event('evt_1NG8Du2eZvKYlo2CUI79vXWz', 'checkout.session.completed', { id: 'cs_test_a1b2c3d4e5f6', object: 'checkout.session', payment_status: 'paid' }) },
  ],
  longBody: 2000,
  sign: (request, secret, now) => void (request.headers[header] = test(request.text, secret, now)),
  accepts(request, secret) {
    // The package has another function for the events of Stripe's second API.
    const given = [request.body, request.headers[header], secret];
    const isThin = request.text.includes('"v2.core.event"');
    return Boolean(isThin ? client.parseEventNotification(...given) : Stripe.webhooks.constructEvent(...given));
  },
  timestamped: { tolerance_s: 300 },
  forge: {
    'only-v0-scheme': show(`t=${now},v0=${right}`),
    'no-timestamp': show(`v1=${right}`),
    'timestamp-rewritten': show(`t=${now - 1},v1=${right}`),
    'timestamp-not-signed': show(`t=${now},v1=${hmac('sha256', secret, payment)}`),
    'timestamp-not-a-number': show(`t=soon,v1=${hmac('sha256', secret, `soon.${payment}`)}`),
    'negative-timestamp': show(`t=-5,v1=${hmac('sha256', secret, `-5.${payment}`)}`),
    'signature-alone': show(right),
    'secret-without-its-prefix': show(`t=${now},v1=${hmac('sha256', secret.slice('whsec_'.length), `${now}.${payment}`)}`),
  },
  // The package takes times from the future.
  lenient: ['future-timestamp'],
  extra: [
    { ...valid, case: 'valid-200k', sign: true, body: huge },
    { case: 'valid-thin-event', expect: 'accept', sign: true, body: thin, type: 'v1.billing.meter.error_report_triggered', id: 'evt_test_65R9Ijk8dKEYZcXeRWn16R9A7j' },
    { ...valid, case: 'rolled-secret-two-v1', headers: { 'content-type': 'application/json', [header]: `t=${now},v1=${zeros},v1=${right},v0=${'1'.repeat(48)}` } },
    { ...valid, case: 'header-name-mixed-case', headers: shown, request: { method: 'POST', url, headers: shown, body_b64: Buffer.from(payment).toString('base64') } },
  ],
});
