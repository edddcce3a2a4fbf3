// packages: gocardless-nodejs@10.1.2
import { suite, hmac } from '../lib/cases.mjs';
import { parse } from 'gocardless-nodejs/webhooks';

const payment = (id, action) => ({ id, created_at: '2026-01-01T00:00:00.000Z', resource_type: 'payments', action, links: { payment: 'PM0003JG39ADQM' }, details: { origin: 'gocardless', cause: `payment_${action}` } });

await suite({
  provider: 'gocardless',
  by: 'gocardless-nodejs@10.1.2 webhooks.parse',
  config: { secrets: ['nR8vYb2Wq0sT5uKx7Zc3LmHd1JfGp4Ae'] },
  bodies: [
    {
      name: 'valid',
      type: 'payments.confirmed',
      id: 'EV00BD05S5VM2T',
      body: '{"events":[{"id":"EV00BD05S5VM2T","created_at":"2026-01-01T00:00:00.000Z","resource_type":"payments","action":"confirmed","links":{"payment":"PM0003JG39ADQM"},"details":{"origin":"gocardless","cause":"payment_confirmed","description":"Enough time has passed since the payment was submitted for the banks to return an error, so this payment is now confirmed."},"metadata":{},"resource_metadata":{"order":"1234"}}],"meta":{"webhook_id":"WB00001ABCDEFG"}}',
    },
    {
      name: 'valid-mandates-cancelled',
      type: 'mandates.cancelled',
      id: 'EV00BD05S5VM2V',
      body: '{"events":[{"id":"EV00BD05S5VM2V","created_at":"2026-01-01T00:00:05.000Z","resource_type":"mandates","action":"cancelled","links":{"mandate":"MD0003J8T9Z7Q1"},"details":{"origin":"bank","cause":"bank_account_closed","description":"The bank account for this mandate has been closed.","scheme":"bacs","reason_code":"ADDACS-B"},"metadata":{}}],"meta":{"webhook_id":"WB00001ABCDEFH"}}',
    },
  ],
  longBody: 800,
  sign: (request, secret) => void (request.headers['webhook-signature'] = hmac('sha256', secret, request.body)),
  accepts(request, secret) {
    parse(request.body, secret, request.headers['webhook-signature']);
    return true;
  },
  extra: [
    {
      case: 'valid-batch', expect: 'accept', type: 'payments.submitted', id: 'EV00BD05S5VM30', sign: true,
      body: JSON.stringify({ events: [payment('EV00BD05S5VM30', 'submitted'), payment('EV00BD05S5VM31', 'paid_out')], meta: { webhook_id: 'WB00001ABCDEFJ' } }),
    },
    { case: 'valid-empty-batch', expect: 'accept', sign: true, body: '{"events":[],"meta":{"webhook_id":"WB00001ABCDEFK"}}' },
  ],
});
