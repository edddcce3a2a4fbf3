// packages:
import { suite, hmac, same } from '../lib/cases.mjs';

const event = (type, id, state) => JSON.stringify({
  metadata: { event_type: type, event_id: id, event_version: 'v2', occurred_at: '2026-01-01T00:00:00Z', subject_account_id: 'krn:partner:global:account:live:LWT2XJSE', live: true },
  payload: { payment_request_id: 'krn:payment:eu1:request:552603c0-fe8b-4ab1-aacb-41d55fafbdb4', payment_reference: 'order-1042', state },
});
const secret = 'krn:key:7f1b2c3d4e5f60718293a4b5c6d7e8f9';
const completed = event('payment.request.state-change.completed', 'd9f9b1a0-5b1a-4b0e-9b0a-9e2b1a0d9f9b', 'COMPLETED');

await suite({
  provider: 'klarna',
  by: 'none: documented scheme, HMAC-SHA256 of the body; hex or base64 is not said',
  config: { secrets: [secret] },
  bodies: [
    { name: 'valid', type: 'payment.request.state-change.completed', id: 'd9f9b1a0-5b1a-4b0e-9b0a-9e2b1a0d9f9b', body: completed },
    { name: 'valid-expired', type: 'payment.request.state-change.expired', id: 'd9f9b1a0-5b1a-4b0e-9b0a-9e2b1a0d9f9c', body: event('payment.request.state-change.expired', 'd9f9b1a0-5b1a-4b0e-9b0a-9e2b1a0d9f9c', 'EXPIRED') },
  ],
  sign(request, key) {
    request.headers['klarna-signature'] = hmac('sha256', key, request.body);
  },
  accepts: (request, key) => ['hex', 'base64'].some((encoding) => same(request.headers['klarna-signature'], hmac('sha256', key, request.body, encoding))),
  extra: [
    { case: 'valid-base64', expect: 'accept', type: 'payment.request.state-change.completed', id: 'd9f9b1a0-5b1a-4b0e-9b0a-9e2b1a0d9f9b', body: completed, headers: { 'content-type': 'application/json', 'klarna-signature': hmac('sha256', secret, completed, 'base64') } },
  ],
});
